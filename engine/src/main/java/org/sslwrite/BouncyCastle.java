package org.sslwrite;

import org.bouncycastle.jce.provider.BouncyCastleProvider;

import java.security.Provider;

/**
 * Bouncy Castle's provider: made once, because it takes long to make; registered nowhere, so that
 * nothing else of the process changes.
 */
final class BouncyCastle {
    static final Provider PROVIDER = new BouncyCastleProvider();

    private BouncyCastle() {}
}
