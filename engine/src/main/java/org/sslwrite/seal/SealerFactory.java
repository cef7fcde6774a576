package org.sslwrite.seal;

import org.jspecify.annotations.Nullable;

import java.util.Collection;

/** Makes sealers of one engine. Safe for use by several threads. */
public interface SealerFactory {
    /** Name of the engine, as in {@code SunJCE}; shown to users. */
    String engine();

    /**
     * Why this engine can never seal such records, in words for a person; null if it can, or if
     * that cannot be known because it cannot be reached now: {@link #create} then says so.
     */
    @Nullable String reasonAgainst(SealingParameters parameters);

    /**
     * Reaches for what the engine depends on, such as a token.
     *
     * @throws SealException if it cannot be reached now
     */
    default void requireAvailable() throws SealException {}

    /**
     * Finds out what {@link #reasonAgainst} will be asked, where that takes long: all at once, and
     * before connections need it.
     *
     * @throws SealException if what it depends on cannot be reached now
     */
    default void prepare(Collection<SealingParameters> parameters) throws SealException {}

    /**
     * Makes the sealer of one epoch.
     *
     * @param keys stays the caller's, who wipes it after this call returns
     * @throws SealException if the engine refuses
     */
    RecordSealer create(SealingParameters parameters, TrafficKeys keys) throws SealException;
}
