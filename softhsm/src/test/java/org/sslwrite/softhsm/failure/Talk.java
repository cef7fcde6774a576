package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.JssePeer;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Peer;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.SslPeer;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * A connection under test with its other end, which needs no token: the JDK's TLS, or one of our
 * own that seals in software. One thread drives both.
 */
final class Talk implements AutoCloseable {
    private final Ssl ssl;
    private final ScriptedBio transport;
    private final Peer peer;

    private Talk(Ssl ssl, ScriptedBio transport, Peer peer) {
        this.ssl = ssl;
        this.transport = transport;
        this.peer = peer;
    }

    /** Ready for the handshake, on a transport that is never full. */
    static Talk of(Family family, Role role, SslContext context) {
        TwoWayBio[] ends = TwoWayBio.pair();
        ScriptedBio transport = new ScriptedBio(ends[0]);
        Ssl ssl = begun(context, role, transport);
        return new Talk(ssl, transport, peer(family, role, ends[1]));
    }

    private static Peer peer(Family family, Role role, Bio end) {
        if (family.isEncryptThenMac()) {
            SslContext software = Link.context(family.scene(role));
            return new SslPeer(begun(software, role.other(), end));
        }
        return new JssePeer(Link.engine(family.scene(role)), end);
    }

    private static Ssl begun(SslContext context, Role role, Bio bio) {
        Ssl ssl = context.newSsl();
        ssl.setBio(bio);
        if (role == Role.CLIENT) {
            ssl.setHost(Pki.HOST);
            ssl.setConnectState();
        } else {
            ssl.setAcceptState();
        }
        return ssl;
    }

    Ssl ssl() {
        return ssl;
    }

    ScriptedBio transport() {
        return transport;
    }

    /** Runs the handshake to its end, good or bad; returns our last result. */
    int shakeHands() {
        for (int turns = 0; turns < 20; turns++) {
            int result = ssl.doHandshake();
            peer.turn();
            if (result == 1 && peer.isReady()) {
                settle();
                return result;
            }
            if (ssl.getError(result) != SslError.WANT_READ && result != 1) {
                return result;
            }
        }
        throw new AssertionError("the handshake does not end: " + peer.failure());
    }

    /** As above, with a good end. */
    Talk handshake() {
        assertEquals(1, shakeHands(), () -> "handshake: " + ssl.failure());
        return this;
    }

    /** Reads what the peer sends of its own accord: session tickets. */
    private void settle() {
        peer.turn();
        int n = ssl.read(ByteBuffer.allocate(1));
        assertEquals(SslError.WANT_READ, ssl.getError(n));
    }

    /** What the peer has received, after it has taken all there is. */
    byte[] received() {
        while (peer.turn()) {
            // Until it has nothing left to do.
        }
        return peer.received();
    }

    /** What ended the connection for the peer, in its words; null while all is well. */
    @Nullable String peersFailure() {
        Exception failure = peer.failure();
        return failure == null ? null : Objects.toString(failure.getMessage());
    }

    /** The records on the wire after the mark; fails if one of them is torn. */
    List<TlsRecord> recordsSince(int mark) {
        return WireTap.records(transport.wireSince(mark));
    }

    @Override
    public void close() {
        ssl.close();
        if (peer instanceof SslPeer own) {
            own.ssl().close();
        }
    }
}
