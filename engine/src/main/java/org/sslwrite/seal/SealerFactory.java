package org.sslwrite.seal;

import org.jspecify.annotations.Nullable;

/** Makes sealers of one engine. Safe for use by several threads. */
public interface SealerFactory {
    /** Name of the engine, as in {@code SunJCE}; shown to users. */
    String engine();

    /** Why this engine cannot seal such records, in words for a person; null if it can. */
    @Nullable String reasonAgainst(SealingParameters parameters);

    /**
     * Makes the sealer of one epoch.
     *
     * @param keys stays the caller's, who wipes it after this call returns
     * @throws SealException if the engine refuses
     */
    RecordSealer create(SealingParameters parameters, TrafficKeys keys) throws SealException;
}
