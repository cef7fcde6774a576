package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.WriteAfterEndTest.Call;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.JssePeer;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap.TlsRecord;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows W19 and S3: fatal alerts, received and sent, and a handshake that failed. */
@Timeout(60)
class FatalAlertTest {
    /** A record of the peer's with one bit flipped, for us to read. */
    private static void letUsReadAFlippedBit(Link link) {
        link.peer().send(Data.bytes(100));
        // What the peer sends passes through the scripted transport: flip a bit of it there.
        link.transport()
                .onRead(
                        (direction, inner, buffer) -> {
                            link.peer().turn();
                            int start = buffer.position();
                            int n = inner.read(buffer);
                            int victim = start + n - 3;
                            buffer.put(victim, (byte) (buffer.get(victim) ^ 0x10));
                            return n;
                        });
    }

    /** A record that the peer cannot decrypt; it answers with a fatal alert. */
    private static void letThePeerReadGarbage(Link link) {
        byte[] garbage = new byte[5 + 200];
        System.arraycopy(new byte[] {23, 3, 3, 0, (byte) 200}, 0, garbage, 0, 5);
        try {
            link.transport().write(ByteBuffer.wrap(garbage));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        while (link.peer().turn()) {
            // It reads the garbage, and says what it thinks of it.
        }
        assertNotNull(link.peer().failure());
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void fatalAlertReceived(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerReadGarbage(link);
            int mark = link.transport().mark();
            int n = link.ssl().read(ByteBuffer.allocate(1));
            link.assertFailed(n, -1, SslError.SSL, SslReason.SSLV3_ALERT_BAD_RECORD_MAC);
            assertDead(link, SslReason.SSLV3_ALERT_BAD_RECORD_MAC);
            assertEquals(mark, link.transport().mark(), "nothing on the wire");
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void fatalAlertReceivedWithAWritePending(Scene scene) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(1000));
        try (Link link = Link.toJsse(scene).handshake()) {
            letThePeerReadGarbage(link);
            link.transport().onWrite(take(20), RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            int mark = link.transport().mark();
            int n = link.ssl().read(ByteBuffer.allocate(1));
            link.assertFailed(n, -1, SslError.SSL, SslReason.SSLV3_ALERT_BAD_RECORD_MAC);
            link.assertFailed(
                    link.ssl().write(src), -1, SslError.SSL, SslReason.SSLV3_ALERT_BAD_RECORD_MAC);
            assertEquals(0, src.position());
            assertDead(link, SslReason.SSLV3_ALERT_BAD_RECORD_MAC);
            assertEquals(mark, link.transport().mark(), "nothing more on the wire");
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void fatalAlertSent(Scene scene) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(1000));
        try (Link link = Link.toJsse(scene).handshake()) {
            letUsReadAFlippedBit(link);
            int mark = link.transport().mark();
            int n = link.ssl().read(ByteBuffer.allocate(100));
            link.assertFailed(n, -1, SslError.SSL, SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
            assertEquals(1, link.recordsSince(mark).size(), "the alert");
            mark = link.transport().mark();
            link.assertFailed(
                    link.ssl().write(src),
                    -1,
                    SslError.SSL,
                    SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
            assertEquals(0, src.position());
            assertDead(link, SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
            assertEquals(mark, link.transport().mark(), "nothing more on the wire");
            assertPeerWasTold(link, "bad_record_mac");
        }
    }

    private static void assertPeerWasTold(Link link, String alert) {
        while (link.peer().turn()) {
            // It reads what is there.
        }
        Exception failure = link.peer().failure();
        assertNotNull(failure, "a fatal alert arrives");
        assertTrue(String.valueOf(failure.getMessage()).contains(alert), failure.getMessage());
    }

    private static void assertDead(Link link, SslReason reason) {
        SslFailure first = link.ssl().failure();
        for (int i = 0; i < 2; i++) {
            for (Call call : WriteAfterEndTest.everyCall()) {
                long n = call.body().on(link.ssl());
                Outcomes.assertFailed(link.ssl(), n, -1, SslError.SSL, reason);
                assertSame(first, link.ssl().failure(), "the first failure sticks: " + call.name());
            }
        }
    }

    /** The calls that flush an alert that waits. */
    static List<Arguments> scenesAndCalls() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (Call call : WriteAfterEndTest.everyCall()) {
                rows.add(Arguments.of(scene, call));
            }
        }
        return rows;
    }

    @Tag("S3")
    @Tag("W19")
    @ParameterizedTest
    @MethodSource("scenesAndCalls")
    void fatalAlertWaitsBehindThePendingBytes(Scene scene, Call nextCall) {
        byte[] data = Data.bytes(1000);
        ByteBuffer src = ByteBuffer.wrap(data);
        SslReason reason = SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC;
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.transport().onWrite(take(20)).onOtherWrites(RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            byte[] pending = link.transport().lastOffer();
            letUsReadAFlippedBit(link);
            link.assertFailed(link.ssl().read(ByteBuffer.allocate(1)), -1, SslError.SSL, reason);
            link.assertFailed(nextCall.body().on(link.ssl()), -1, SslError.SSL, reason);
            assertEquals(20, link.transport().mark() - mark, "the transport is full");
            byte[] waiting = link.transport().lastOffer();
            assertTrue(waiting.length > pending.length, "the alert waits too");
            Data.assertSame(
                    pending,
                    Arrays.copyOf(waiting, pending.length),
                    "the pending bytes, as they were");

            link.transport().onOtherWrites(take(7));
            link.assertFailed(nextCall.body().on(link.ssl()), -1, SslError.SSL, reason);
            List<TlsRecord> records = link.recordsSince(mark);
            assertEquals(2, records.size(), "the pending record, then the alert");
            link.assertFailed(link.ssl().write(src), -1, SslError.SSL, reason);
            assertEquals(2, link.recordsSince(mark).size(), "nothing after it");
            assertEquals(0, src.position());
            assertPeerWasTold(link, "bad_record_mac");
            Data.assertSame(data, link.peer().received(), "the pending record arrived");
        }
    }

    @Tag("S3")
    @Test
    void fatalAlertAloneMeetsAFullTransport() {
        SslReason reason = SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC;
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onWrite(RETRY, take(1), RETRY, take(1), RETRY);
            letUsReadAFlippedBit(link);
            for (int i = 0; i < 4; i++) {
                link.assertFailed(
                        link.ssl().read(ByteBuffer.allocate(1)), -1, SslError.SSL, reason);
            }
            assertPeerWasTold(link, "bad_record_mac");
        }
    }

    @Tag("S3")
    @Test
    void transportThatClosesUnderTheAlertDoesNotChangeTheReason() {
        SslReason reason = SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC;
        for (ScriptedBio.Step end :
                List.of(ScriptedBio.CLOSED, ScriptedBio.fail(new IOException("gone")))) {
            try (Link link = Link.toJsse(Scene.ANY).handshake()) {
                link.transport().onOtherWrites(end);
                letUsReadAFlippedBit(link);
                for (int i = 0; i < 3; i++) {
                    link.assertFailed(
                            link.ssl().read(ByteBuffer.allocate(1)), -1, SslError.SSL, reason);
                }
            }
        }
    }

    @Tag("S3")
    @Test
    void dataBeforeTheFlippedBitIsReadFirst() {
        byte[] data = Data.bytes(100);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.peer().send(data);
            link.peer().turn();
            ByteBuffer part = ByteBuffer.allocate(40);
            link.assertDone(link.ssl().read(part), 40);
            letUsReadAFlippedBit(link);
            link.assertDone(link.ssl().read(part.clear()), 40);
            link.assertDone(link.ssl().read(part.clear()), 20);
            link.assertFailed(
                    link.ssl().read(part.clear()),
                    -1,
                    SslError.SSL,
                    SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
        }
    }

    /** Two sides that cannot agree. */
    static List<Arguments> disagreements() {
        CipherSuite gcm = CipherSuite.TLS_AES_128_GCM_SHA256;
        CipherSuite chacha = CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
        CipherSuite gcm12 = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
        CipherSuite cbc12 = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256;
        return List.of(
                Arguments.of(Scene.Role.SERVER, gcm, chacha, SslReason.NO_SHARED_CIPHER),
                Arguments.of(Scene.Role.SERVER, gcm12, cbc12, SslReason.NO_SHARED_CIPHER),
                Arguments.of(Scene.Role.SERVER, gcm, gcm12, SslReason.UNSUPPORTED_PROTOCOL),
                Arguments.of(Scene.Role.SERVER, gcm12, gcm, SslReason.UNSUPPORTED_PROTOCOL),
                Arguments.of(
                        Scene.Role.CLIENT, gcm, chacha, SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE),
                Arguments.of(
                        Scene.Role.CLIENT, gcm12, cbc12, SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE),
                Arguments.of(Scene.Role.CLIENT, gcm, gcm12, SslReason.TLSV1_ALERT_PROTOCOL_VERSION),
                Arguments.of(
                        Scene.Role.CLIENT, gcm12, gcm, SslReason.TLSV1_ALERT_PROTOCOL_VERSION));
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("disagreements")
    void handshakeThatFails(
            Scene.Role role, CipherSuite ours, CipherSuite theirs, SslReason reason) {
        ByteBuffer src = ByteBuffer.wrap(Data.bytes(10));
        Bio[] ends = TwoWayBio.pair();
        Scene scene = new Scene(role, ours);
        JssePeer other = new JssePeer(Link.engine(new Scene(role, theirs)), ends[1]);
        ScriptedBio transport = new ScriptedBio(ends[0]);
        try (Ssl ssl = Link.context(scene).newSsl()) {
            ssl.setBio(transport);
            if (role == Scene.Role.CLIENT) {
                ssl.setHost(Pki.HOST);
                ssl.setConnectState();
            } else {
                ssl.setAcceptState();
            }
            long n = ssl.write(src);
            for (int i = 0; i < 10 && ssl.getError(n) == SslError.WANT_READ; i++) {
                other.turn();
                n = ssl.write(src);
            }
            Outcomes.assertFailed(ssl, n, -1, SslError.SSL, reason);
            int mark = transport.mark();
            for (Call call : WriteAfterEndTest.everyCall()) {
                Outcomes.assertFailed(ssl, call.body().on(ssl), -1, SslError.SSL, reason);
            }
            assertEquals(mark, transport.mark(), "nothing more on the wire");
            assertEquals(0, src.position());
            assertTrue(!ssl.isInitFinished() && ssl.session() == null);
            other.turn();
            assertNotNull(other.failure(), "the peer knows");
        }
    }
}
