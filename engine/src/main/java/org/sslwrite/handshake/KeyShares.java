package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.handshake.HandshakeException.Kind;

import java.util.HashSet;
import java.util.Set;

/** What RFC 8446 section 4.2.8 demands of key shares. */
final class KeyShares {
    private static final byte UNCOMPRESSED = 4;

    private KeyShares() {}

    /**
     * Checks a client's shares.
     *
     * @param groupsData of its supported_groups extension
     */
    static void checkOffered(byte[] sharesData, byte[] groupsData) throws TlsFatalAlert {
        Set<Integer> groups = new HashSet<>();
        MessageBytes list = new MessageBytes(new MessageBytes(groupsData).opaque16());
        while (!list.isEmpty()) {
            groups.add(list.uint16());
        }
        MessageBytes shares = new MessageBytes(new MessageBytes(sharesData).opaque16());
        Set<Integer> seen = new HashSet<>();
        while (!shares.isEmpty()) {
            int group = shares.uint16();
            byte[] share = shares.opaque16();
            // "Clients MUST NOT offer multiple KeyShareEntry values for the same group. Clients
            // MUST NOT offer any KeyShareEntry values for groups not listed in the client's
            // "supported_groups" extension."
            if (!seen.add(group)) {
                throw bad("the client sent two key shares for group " + group);
            }
            if (!groups.contains(group)) {
                throw bad(
                        "the client sent a key share for group "
                                + group
                                + ", but does not offer it");
            }
            checkForm(group, share);
        }
    }

    private static Refusal bad(String message) {
        return new Refusal(Kind.KEY_SHARE_MISMATCH, AlertDescription.illegal_parameter, message);
    }

    /**
     * Checks a public key's form. RFC 8446 section 4.2.8.2 and RFC 8422 section 5.1.1 allow for
     * uncompressed points alone.
     */
    static void checkForm(int group, byte[] share) throws Refusal {
        boolean wellFormed =
                switch (group) {
                    case NamedGroup.secp256r1 -> isPoint(share, 32);
                    case NamedGroup.secp384r1 -> isPoint(share, 48);
                    case NamedGroup.secp521r1 -> isPoint(share, 66);
                    case NamedGroup.x25519 -> share.length == 32;
                    case NamedGroup.x448 -> share.length == 56;
                    default -> true;
                };
        if (!wellFormed) {
            throw new Refusal(
                    Kind.BAD_KEY_SHARE,
                    AlertDescription.illegal_parameter,
                    "the peer sent a public key that has not the form of its group's");
        }
    }

    private static boolean isPoint(byte[] share, int coordinate) {
        return share.length == 1 + 2 * coordinate && share[0] == UNCOMPRESSED;
    }
}
