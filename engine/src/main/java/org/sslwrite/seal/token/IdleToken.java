package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.key.IncapableException;

/** A token says that it has computed, and has written nothing: in place, that is the plaintext. */
final class IdleToken {
    private IdleToken() {}

    static IncapableException exception(String token) {
        return new IncapableException(
                token + ": it says that it has computed, but has written nothing", null);
    }
}
