package org.sslwrite.bench.fork;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.jmh.Tokens;
import org.sslwrite.bench.result.Row.Kind;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Every benchmark of every engine once, for some milliseconds, in this JVM: so that none rots. The
 * figures mean nothing.
 */
class SmokeTest {
    private static final CipherSuite SUITE = CipherSuite.TLS_AES_128_GCM_SHA256;
    private static final Timing SHORT = new Timing(10, 10, 20, 1);
    private static final Logger BOUNCY_CASTLE = Logger.getLogger("org.bouncycastle");

    @BeforeAll
    static void bouncyCastleIsSilent() {
        BOUNCY_CASTLE.setLevel(Level.OFF);
    }

    static Stream<Arguments> engines() {
        List<Arguments> all = new ArrayList<>();
        for (EngineName engine : EngineName.values()) {
            if (engine.isProgram()) {
                continue;
            }
            for (String token :
                    engine.needsToken() ? List.of("softhsm", "nss") : List.of(Tokens.NONE)) {
                all.add(arguments(engine, token));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyBenchmarkRuns(EngineName engine, String token) {
        assumeAvailable(token);
        List<Cell> cells = new ArrayList<>();
        cells.add(new Cell(Measure.WRITE, SUITE, 100, true, 1));
        cells.add(new Cell(Measure.WRITE, SUITE, 40_000, false, 2));
        cells.add(new Cell(Measure.TCP, SUITE, 40_000, true, 1));
        cells.add(new Cell(Measure.LATENCY, SUITE, 100, true, 1));
        if (engine.kind() == Kind.OURS || engine.kind() == Kind.OURS_TOKEN) {
            cells.add(new Cell(Measure.SEALER, SUITE, 40_000, true, 1));
            cells.add(new Cell(Measure.SEALER, SUITE, 100, false, 1));
        }
        List<Outcome> outcomes = run(new Order(engine, token, false, cells, SHORT));
        assumeLoads(engine, outcomes);
        assertEquals(cells.size(), outcomes.size(), outcomes::toString);
        assertAll(outcomes.stream().map(outcome -> () -> assertMeasured(cells, outcome)));
    }

    static Stream<Arguments> suites() {
        List<EngineName> engines =
                List.of(
                        EngineName.VAES,
                        EngineName.IPSEC_MB,
                        EngineName.SUNJCE,
                        EngineName.TCNATIVE,
                        EngineName.CONSCRYPT,
                        EngineName.JSSE);
        return engines.stream()
                .flatMap(
                        engine ->
                                Stream.of(
                                                CipherSuite.TLS_AES_256_GCM_SHA384,
                                                CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                                                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA)
                                        .map(suite -> arguments(engine, suite)));
    }

    /** Or says why it cannot. */
    @ParameterizedTest
    @MethodSource("suites")
    void everySuiteRuns(EngineName engine, CipherSuite suite) {
        List<Cell> cells = List.of(new Cell(Measure.WRITE, suite, 1000, true, 1));
        Outcome outcome = run(new Order(engine, Tokens.NONE, false, cells, SHORT)).getFirst();
        assumeLoads(engine, List.of(outcome));
        boolean lacksCbc = engine == EngineName.VAES || engine == EngineName.IPSEC_MB;
        boolean lacksChaCha = engine == EngineName.VAES;
        if (lacksCbc && suite == CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
                || lacksChaCha && suite == CipherSuite.TLS_CHACHA20_POLY1305_SHA256) {
            assertTrue(String.valueOf(outcome.failure()).contains("AES-GCM"), outcome::toString);
        } else {
            assertMeasured(cells, outcome);
        }
    }

    /** SoftHSM has no ChaCha20: the JDK's own would be measured under the token's name. */
    @Test
    void tokenMustHaveTheCipherThatIsMeasured() {
        assumeAvailable("softhsm");
        List<Cell> cells =
                List.of(
                        new Cell(
                                Measure.WRITE,
                                CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                                1000,
                                true,
                                1));
        Outcome outcome =
                run(new Order(EngineName.JSSE_SUNPKCS11, "softhsm", false, cells, SHORT))
                        .getFirst();
        assertEquals(
                "ChaCha20-Poly1305 comes from SunJCE although the token is the first provider",
                outcome.failure());
        assertFalse(outcome.wrong());
    }

    private static List<Outcome> run(Order order) {
        List<Outcome> outcomes = new ArrayList<>();
        new CellRunner(order).run(outcomes::add);
        return outcomes;
    }

    private static void assumeAvailable(String token) {
        String reason =
                switch (token) {
                    case "softhsm" -> SoftwareToken.reasonAgainst(SoftwareToken.Kind.SOFTHSM);
                    case "nss" -> SoftwareToken.reasonAgainst(SoftwareToken.Kind.NSS);
                    default -> null;
                };
        Assumptions.assumeTrue(reason == null, reason);
    }

    /** Native libraries are not made for every platform. */
    private static void assumeLoads(EngineName engine, List<Outcome> outcomes) {
        boolean isNative =
                List.of(
                                EngineName.VAES,
                                EngineName.IPSEC_MB,
                                EngineName.TCNATIVE,
                                EngineName.CONSCRYPT)
                        .contains(engine);
        Outcome first = outcomes.getFirst();
        if (isNative && first.cell() == Outcome.ALL) {
            Assumptions.abort(engine + ": " + first.failure());
        }
    }

    private static void assertMeasured(List<Cell> cells, Outcome outcome) {
        assertNull(outcome.failure(), outcome::toString);
        assertFalse(outcome.wrong());
        if (cells.get(outcome.cell()).measure() == Measure.LATENCY) {
            String histogram = outcome.histogram();
            assertNotNull(histogram);
            assertTrue(Histograms.fromText(histogram).getTotalCount() > 0);
        } else {
            assertEquals(SHORT.iterations(), outcome.samples().size());
            assertTrue(outcome.samples().getFirst() > 0, outcome::toString);
            assertTrue(outcome.allocated() >= 0, outcome::toString);
        }
    }
}
