package org.sslwrite.pkcs11.timeout;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

/** Something to be asked of a token, with an answer. */
@FunctionalInterface
public interface TokenCall<T extends @Nullable Object> {
    /** Asks. */
    T call() throws TokenException;
}
