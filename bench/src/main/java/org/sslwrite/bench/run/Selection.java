package org.sslwrite.bench.run;

import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.protocol.CipherSuite;

import java.util.List;

/**
 * What of all that could be measured is.
 *
 * @param engines that are; all if empty
 * @param suites that are; those of the plan if empty
 * @param tokens for the engines that need one
 */
public record Selection(
        List<EngineName> engines, List<CipherSuite> suites, List<BenchToken> tokens) {
    boolean has(EngineName engine) {
        return engines.isEmpty() || engines.contains(engine);
    }
}
