package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.sslwrite.OffloadPolicy;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslFallback;
import org.sslwrite.SslReason;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.WireTap.TlsRecord;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.seal.SealerChoice;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** What the policies promise when a token breaks; rows W25 and W26 of the contract. */
final class Judge {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Judge() {}

    /**
     * W25: "-1 / SSL, OFFLOAD_FAILED with the CKR name; nothing of the record on the wire"; "dead,
     * fails closed".
     */
    static void assertFailedClosed(Delivery delivery, Pattern reason) {
        Talk talk = delivery.talk();
        Ssl ssl = talk.ssl();
        Outcomes.assertFailed(ssl, delivery.result(), -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
        assertMatches(reason, Outcomes.notNull(ssl.failure()).message());
        int end = talk.transport().mark();
        for (long again : new long[] {ssl.write(ByteBuffer.allocate(1)), ssl.shutdown()}) {
            Outcomes.assertFailed(ssl, again, -1, SslError.SSL, SslReason.OFFLOAD_FAILED);
            assertMatches(reason, Outcomes.notNull(ssl.failure()).message());
        }
        assertEquals(end, talk.transport().mark(), "bytes on the wire after the end");
        Data.assertSame(delivery.intactBytes(), talk.received(), "what was whole before it broke");
    }

    /** Nothing of the record that failed is on the wire, and nothing is torn. */
    static void assertRecordsAfterData(Delivery delivery, int more) {
        List<TlsRecord> records = delivery.talk().recordsSince(delivery.mark());
        assertEquals(Math.ceilDiv(delivery.intact(), 16384) + more, records.size(), "records");
    }

    /** That it was an alert; or nothing, and then the peer has nothing to complain of. */
    static void assertPeerIsTold(Delivery delivery, boolean alert) {
        String told = delivery.talk().peersFailure();
        if (alert) {
            assertTrue(String.valueOf(told).contains("internal_error"), "the peer: " + told);
        } else if (delivery.moment().isAfterHandshake()) {
            assertNull(told, "the peer");
        }
    }

    /**
     * W26: "the same record is sealed in software, same sequence number, same plaintext; the caller
     * sees success; the switch is reported".
     */
    static void assertGoneOnInSoftware(Delivery delivery, SslContext context, Pattern reason) {
        assertDelivered(delivery);
        Ssl ssl = delivery.talk().ssl();
        List<SslFallback> fallbacks = context.statistics().latestFallbacks();
        assertEquals(fallbacks.size(), context.statistics().fallbacks());
        assertTrue(!fallbacks.isEmpty(), "a fallback is reported for the context");
        assertEquals(Rig.SOFTWARE, fallbacks.getFirst().successor());
        assertMatches(reason, fallbacks.getFirst().reason());
        SealedBy last = ssl.statistics().sealedBy().getLast();
        if (delivery.moment().isWithinEpoch()) {
            // For good: another epoch may try the token again.
            assertEquals(Rig.SOFTWARE, last.engine());
            SealerChoice.PassedOver passedOver = ssl.statistics().failures().getFirst();
            assertTrue(passedOver.failed(), passedOver.reason());
            assertMatches(reason, passedOver.reason());
        }
    }

    /**
     * W25: "an engine that had not begun is given the key again, once", and the failure is
     * reported.
     */
    static void assertGoneOnInToken(
            Delivery delivery, SslContext context, String engine, Pattern reason) {
        assertDelivered(delivery);
        List<SslFallback> fallbacks = context.statistics().latestFallbacks();
        assertEquals(1, fallbacks.size(), "one failure is reported for the context");
        assertEquals(engine, fallbacks.getFirst().successor());
        assertMatches(reason, fallbacks.getFirst().reason());
        for (SealedBy share : delivery.talk().ssl().statistics().sealedBy()) {
            assertEquals(engine, share.engine());
        }
    }

    /** Everything has come, and the caller knows. */
    static void assertDelivered(Delivery delivery) {
        Outcomes.assertDone(delivery.talk().ssl(), delivery.result(), delivery.whole());
        Data.assertSame(delivery.bytes(), delivery.talk().received(), "what the peer received");
        assertNull(delivery.talk().peersFailure());
        delivery.talk().recordsSince(0);
        Outcomes.assertDone(delivery.talk().ssl(), delivery.talk().ssl().shutdown(), 0);
    }

    private static void assertMatches(Pattern reason, String message) {
        assertTrue(reason.matcher(message).find(), () -> reason + " is not in: " + message);
    }

    /**
     * The token is well again: it seals for new connections, under TOKEN_ONLY for the very next.
     */
    static void assertRecovered(
            SslContext context, Family family, OffloadPolicy policy, String engine) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!engineOfNewConnection(context, family).equals(engine)) {
            assertEquals(OffloadPolicy.TOKEN_PREFERRED, policy);
            assertTrue(System.nanoTime() < end, "the token is never used again");
        }
    }

    private static String engineOfNewConnection(SslContext context, Family family) {
        byte[] data = Data.bytes(100);
        try (Talk talk = Talk.of(family, Role.SERVER, context).handshake()) {
            Outcomes.assertDone(talk.ssl(), talk.ssl().write(ByteBuffer.wrap(data)), data.length);
            Data.assertSame(data, talk.received(), "over a new connection");
            return talk.ssl().statistics().sealedBy().getLast().engine();
        }
    }
}
