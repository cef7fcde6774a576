package org.sslwrite.seal;

import org.jspecify.annotations.Nullable;

/** Learns how the engines of a context fare. Safe for use by several threads; never throws. */
public interface SealerWatch {
    /** Nobody watches. */
    SealerWatch NOBODY =
            new SealerWatch() {
                @Override
                public void sealed(String engine) {}

                @Override
                public void failed(String engine, @Nullable String successor, String reason) {}
            };

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
