package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;

/** Something to be done in one incarnation of a token; doing it twice must do no harm. */
@FunctionalInterface
public interface TokenWork<T> {
    /** Does it. */
    T in(CryptokiToken token) throws TokenException;
}
