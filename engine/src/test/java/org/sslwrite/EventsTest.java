package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.kit.FailingToken;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the flight recorder is told; and that no secret is among it. */
@Timeout(60)
class EventsTest {
    private static final byte[] MARK =
            "a plaintext that nobody may see".getBytes(StandardCharsets.US_ASCII);

    @TempDir private Path folder;

    @Test
    void handshakesEpochsAndFallbacksAreTold() throws IOException {
        FailingToken token = new FailingToken();
        Map<String, List<RecordedEvent>> events = record(token, false);
        assertEquals(
                Set.of(
                        "org.sslwrite.Handshake",
                        "org.sslwrite.KeyEpoch",
                        "org.sslwrite.OffloadFallback"),
                events.keySet(),
                "records are told only if they are asked for");
        RecordedEvent handshake = events.get("org.sslwrite.Handshake").getFirst();
        assertEquals(Scene.ANY.role().name(), handshake.getString("role"));
        assertEquals("TLSv1.3", handshake.getString("version"));
        assertEquals(Scene.ANY.suite().name(), handshake.getString("suite"));
        assertEquals("mock token", handshake.getString("engine"));
        assertEquals(2, events.get("org.sslwrite.KeyEpoch").size(), "handshake, data");
        RecordedEvent fallback = events.get("org.sslwrite.OffloadFallback").getFirst();
        assertEquals("mock token", fallback.getString("engine"));
        assertEquals(Link.softwareEngine(Scene.ANY), fallback.getString("successor"));
        assertTrue(fallback.getString("reason").contains("CKR_DEVICE_ERROR"));
    }

    @Test
    void recordsAreToldWhenAskedFor() throws IOException {
        Map<String, List<RecordedEvent>> events = record(new FailingToken(), true);
        List<RecordedEvent> data =
                events.get("org.sslwrite.Record").stream()
                        .filter(event -> event.getInt("length") == MARK.length)
                        .toList();
        assertEquals(1, data.size());
        assertEquals(23, data.getFirst().getInt("contentType"));
        assertEquals(Link.softwareEngine(Scene.ANY), data.getFirst().getString("engine"));
    }

    @Test
    void noSecretIsAmongThem() throws IOException {
        FailingToken token = new FailingToken();
        record(token, true);
        byte[] told = Files.readAllBytes(recording());
        assertTrue(contains(told, "CKR_DEVICE_ERROR".getBytes(StandardCharsets.US_ASCII)));
        assertFalse(contains(told, MARK), "plaintext");
        assertFalse(token.keys().isEmpty());
        for (String hex : token.keys()) {
            assertFalse(contains(told, HexFormat.of().parseHex(hex)), "a key");
            assertFalse(contains(told, hex.getBytes(StandardCharsets.US_ASCII)), "a key, in hex");
        }
    }

    private Path recording() {
        return folder.resolve("events.jfr");
    }

    /** One connection whose token fails at the first record of data. */
    private Map<String, List<RecordedEvent>> record(FailingToken token, boolean records)
            throws IOException {
        try (Recording recording = new Recording()) {
            // Strings are kept as they are, so that they can be searched for.
            recording.setToDisk(true);
            if (records) {
                recording.enable("org.sslwrite.Record");
            }
            recording.start();
            try (Link link =
                    Link.toJsse(Scene.ANY, b -> b.offload(token, OffloadPolicy.TOKEN_PREFERRED))
                            .handshake()) {
                token.failAfter(0);
                link.assertDone(link.ssl().write(ByteBuffer.wrap(MARK)), MARK.length);
            }
            recording.stop();
            recording.dump(recording());
        }
        return RecordingFile.readAllEvents(recording()).stream()
                .filter(event -> event.getEventType().getName().startsWith("org.sslwrite."))
                .collect(
                        Collectors.groupingBy(
                                event -> event.getEventType().getName(),
                                TreeMap::new,
                                Collectors.toList()));
    }

    private static boolean contains(byte[] all, byte[] part) {
        String text = new String(all, StandardCharsets.ISO_8859_1);
        return text.contains(new String(part, StandardCharsets.ISO_8859_1));
    }
}
