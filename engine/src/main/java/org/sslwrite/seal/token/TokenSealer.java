package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.seal.RecordSealer;

/** A sealer in a token. */
interface TokenSealer extends RecordSealer {
    /**
     * A call of this sealer was never answered: nothing new shall use what it reached the token by.
     * Called while that call is still under way.
     */
    void giveUp(TokenException reason);
}
