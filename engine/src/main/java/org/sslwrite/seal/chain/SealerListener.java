package org.sslwrite.seal.chain;

import org.jspecify.annotations.Nullable;

import java.security.PrivateKey;

/** Learns how the engines of a context fare. Safe for use by several threads; never throws. */
public interface SealerListener {
    /** Nobody watches. */
    SealerListener NOBODY =
            new SealerListener() {
                @Override
                public void sealed(String engine) {}

                @Override
                public void failed(String engine, @Nullable String successor, String reason) {}
            };

    /**
     * A private key outside the process has signed, and its public key does not verify it.
     *
     * @param key says which, when it is printed
     */
    default void signedWrongly(PrivateKey key) {}

    /** The engine has sealed the first record of an epoch. */
    void sealed(String engine);

    /**
     * The engine has failed an epoch, or could not begin one.
     *
     * @param successor the engine that goes on; null if none does
     * @param reason what it said
     */
    void failed(String engine, @Nullable String successor, String reason);
}
