package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.SslReason;

import java.nio.ByteBuffer;
import java.util.List;

/** Handshakes that one side ends. */
public final class Refusal {
    private Refusal() {}

    /** We find a reason, and the peer receives an alert and nothing else. */
    public static Row.Scenario byUs(SslReason expected, String alert) {
        return (ours, peer) -> {
            assertRefused(expected, ours);
            Exchange.over(ours, peer);
            assertEquals(List.of(Alert.fatal(alert)), peer.alerts(), "alerts");
        };
    }

    /** The peer sends the alert that is the reason of our failure. */
    public static Row.Scenario byPeer(SslReason expected) {
        return (ours, _) -> assertRefused(expected, ours);
    }

    private static void assertRefused(SslReason expected, OurSide ours) {
        OurSide.Outcome outcome = ours.tryHandshake();
        assertEquals(expected, outcome.reason(), outcome.toString());
        assertEquals(outcome, ours.tryWrite(ByteBuffer.allocate(1)), "the failure is permanent");
    }
}
