package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.sslwrite.handshake.HandshakeException.Kind;

/** RFC 7627 in renegotiations. */
final class ExtendedMasterSecret {
    private ExtendedMasterSecret() {}

    /** One connection has it in all of its handshakes, or in none. */
    static void check(boolean before, boolean now) throws Refusal {
        if (before != now) {
            throw new Refusal(
                    Kind.INCONSISTENT_EXTENDED_MASTER_SECRET,
                    AlertDescription.handshake_failure,
                    "the peer renegotiates "
                            + (now ? "with" : "without")
                            + " extended_master_secret, the handshake before was "
                            + (now ? "without" : "with"));
        }
    }
}
