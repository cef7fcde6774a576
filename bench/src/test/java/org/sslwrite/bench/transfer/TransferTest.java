package org.sslwrite.bench.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.WrongBytesException;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Every sender, in both roles, against the reader. The figures mean nothing. */
@Timeout(120)
class TransferTest {
    private static final int SIZE = 40_000;
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    static Stream<Arguments> senders() {
        return Arrays.stream(SenderName.values())
                .flatMap(name -> Stream.of(Arguments.of(name, true), Arguments.of(name, false)));
    }

    private static byte[] content() {
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        return content;
    }

    private static ByteBuffer direct(byte[] content) {
        return ByteBuffer.allocateDirect(content.length).put(content).clear();
    }

    private static Sender connected(SenderName name, Reader reader, boolean isServer)
            throws Exception {
        try {
            return name.connect(reader.address(), isServer);
        } catch (AbsentException e) {
            return Assumptions.abort(name + ": " + e.getMessage());
        }
    }

    @ParameterizedTest(name = "{0}, server: {1}")
    @MethodSource("senders")
    void everythingArrives(SenderName name, boolean isServer) throws Exception {
        byte[] content = content();
        try (Reader reader = new Reader(!isServer, content)) {
            try (Sender sender = connected(name, reader, isServer)) {
                sender.send(direct(content), 1);
                sender.send(direct(content), 50);
            }
            reader.requireAll(51L * SIZE);
        }
    }

    @Test
    void otherBytesAreFound() throws Exception {
        byte[] content = content();
        try (Reader reader = new Reader(false, content.clone())) {
            try (Sender sender = connected(SenderName.SUNJCE, reader, true)) {
                content[SIZE / 2] ^= 1;
                sender.send(direct(content), 1);
            }
            assertThrows(WrongBytesException.class, () -> reader.requireAll(SIZE));
        }
    }

    @Test
    void missingBytesAreFound() throws Exception {
        byte[] content = content();
        try (Reader reader = new Reader(false, content.clone())) {
            try (Sender sender = connected(SenderName.SUNJCE, reader, true)) {
                sender.send(direct(content), 1);
            }
            assertThrows(WrongBytesException.class, () -> reader.requireAll(2 * SIZE));
        }
    }

    @Test
    void figuresOfJvmsOfTheirOwn() throws Exception {
        Transfers transfers = new Transfers(List.of(16384), 2_000_000, 20_000_000, 1, NOWHERE);
        transfers.run();
        assertFalse(transfers.hasFailed(), transfers::text);
        JsonNode json = new JsonMapper().readTree(transfers.json());
        int sunJce = 0;
        for (JsonNode row : json.get("transfers")) {
            assertTrue(row.get("seconds_per_gb").get(0).doubleValue() > 0, row::toString);
            sunJce += row.get("sender").textValue().equals("ours, SunJCE") ? 1 : 0;
        }
        assertEquals(2, sunJce, transfers.json());
        assertTrue(transfers.text().contains("\nours, SunJCE "), transfers.text());
    }

    /** A reader that is gone is an error, not a wait without end. */
    @ParameterizedTest(name = "{0}, server: {1}")
    @MethodSource("senders")
    void readerThatHangsUpEndsTheTransfer(SenderName name, boolean isServer) throws Exception {
        ByteBuffer src = direct(content());
        try (Reader reader = new Reader(!isServer, new byte[] {1, 2, 3})) {
            Sender sender = connected(name, reader, isServer);
            try {
                assertThrows(
                        IOException.class,
                        () -> {
                            sender.send(src, 1);
                            sender.send(src, 10_000);
                        });
            } finally {
                closeAnyhow(sender);
            }
        }
    }

    /** One whose reader has gone may complain once more. */
    private static void closeAnyhow(Sender sender) {
        try {
            sender.close();
        } catch (IOException e) {
            return;
        }
    }
}
