package org.sslwrite.bench.fork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.jmh.Tokens;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A JVM that measures: its outcomes, its PIN, its end. */
class ForkTest {
    private static final Cell CELL =
            new Cell(Measure.WRITE, CipherSuite.TLS_AES_128_GCM_SHA256, 100, true, 1);
    private static final Timing SHORT = new Timing(10, 10, 20, 2);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

    private static Order order(EngineName engine, String token, boolean hasPin, Timing timing) {
        return new Order(engine, token, hasPin, List.of(CELL), timing);
    }

    @Test
    void tellsWhatItFound() throws ForkException, IOException, InterruptedException {
        try (Fork fork = Fork.start(Map.of())) {
            fork.run(order(EngineName.SUNJCE, Tokens.NONE, false, SHORT), null, LONG, this::take);
        }
        assertEquals(1, outcomes.size(), outcomes::toString);
        assertNull(outcomes.getFirst().failure());
        assertEquals(2, outcomes.getFirst().samples().size());
    }

    private void take(Outcome outcome) {
        outcomes.add(outcome);
    }

    @Test
    void tellsWhyItFoundNothing() throws ForkException, IOException, InterruptedException {
        try (Fork fork = Fork.start(Map.of())) {
            fork.run(
                    order(EngineName.CRYPTOKI, "/no/such/file", false, SHORT),
                    null,
                    LONG,
                    this::take);
        }
        assertEquals(Outcome.ALL, outcomes.getFirst().cell());
        assertEquals("/no/such/file: there is no such file", outcomes.getFirst().failure());
    }

    @Test
    void isEndedWhenItTakesTooLong() throws IOException {
        Timing endless = new Timing(600_000, 600_000, 1, 1);
        try (Fork fork = Fork.start(Map.of())) {
            ForkException e =
                    assertThrows(
                            ForkException.class,
                            () ->
                                    fork.run(
                                            order(EngineName.SUNJCE, Tokens.NONE, false, endless),
                                            null,
                                            Duration.ofMillis(500),
                                            this::take));
            assertEquals("no answer within 0 s", e.getMessage());
        }
    }

    @Test
    void lastWordsOfOneThatCrashedAreTold() throws IOException {
        try (Fork fork = Fork.start(Map.of("JAVA_TOOL_OPTIONS", "-javaagent:/no/such.jar"))) {
            ForkException e =
                    assertThrows(
                            ForkException.class,
                            () ->
                                    fork.run(
                                            order(EngineName.SUNJCE, Tokens.NONE, false, SHORT),
                                            null,
                                            LONG,
                                            this::take));
            assertTrue(
                    String.valueOf(e.getMessage()).startsWith("its JVM ended with code 1: "),
                    e::getMessage);
        }
    }

    /** The description says where else a PIN would be, and there is none. */
    @Test
    void pinComesByThePipe(@TempDir Path folder) throws Exception {
        String reason = SoftwareToken.reasonAgainst(SoftwareToken.Kind.SOFTHSM);
        Assumptions.assumeTrue(reason == null, reason);
        try (SoftwareToken token = SoftwareToken.create(SoftwareToken.Kind.SOFTHSM);
                Pin pin = token.config().pin().pin("test");
                Fork fork = Fork.start(token.environment())) {
            String label = token.config().token().describe();
            Path description =
                    Files.writeString(
                            folder.resolve("token.properties"),
                            """
                            module = %s
                            token-label = %s
                            pin-source = env:NO_SUCH_VARIABLE
                            """
                                    .formatted(
                                            token.config().module(),
                                            label.substring(
                                                    label.indexOf('"') + 1,
                                                    label.lastIndexOf('"'))));
            fork.run(
                    order(EngineName.CRYPTOKI, description.toString(), true, SHORT),
                    pin,
                    LONG,
                    this::take);
        }
        assertNull(outcomes.getFirst().failure(), outcomes::toString);
    }
}
