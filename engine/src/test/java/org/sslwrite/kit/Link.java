package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslReason;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.WireTap.TlsRecord;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** A connection under test, its scripted transport, and the other end. One thread drives both. */
public final class Link implements AutoCloseable {
    private static final int PATIENCE = 2_000_000;
    private static final SSLContext JSSE = Pki.jsse(Pki.RSA, Pki.EC);
    private static final Map<Scene, SslContext> CONTEXTS = new ConcurrentHashMap<>();

    private final Scene scene;
    private final Ssl ssl;
    private final ScriptedBio transport;
    private final Bio farEnd;
    private final Peer peer;

    private Link(Scene scene, Ssl ssl, ScriptedBio transport, Bio farEnd, Peer peer) {
        this.scene = scene;
        this.ssl = ssl;
        this.transport = transport;
        this.farEnd = farEnd;
        this.peer = peer;
    }

    /** Against the JDK's TLS, on a transport that is never full, ready for the handshake. */
    public static Link toJsse(Scene scene) {
        return toJsse(scene, context(scene), TwoWayBio.pair());
    }

    /** Likewise, with something in the context changed. */
    public static Link toJsse(Scene scene, UnaryOperator<SslContext.Builder> change) {
        return toJsse(scene, change.apply(builder(scene)).build(), TwoWayBio.pair());
    }

    /** Likewise, on a transport of the test's own: the near end, then the far end. */
    public static Link toJsse(Scene scene, Bio[] ends) {
        return toJsse(scene, context(scene), ends);
    }

    /** Likewise, all of the test's own. */
    public static Link toJsse(Scene scene, SslContext context, Bio[] ends) {
        ScriptedBio transport = new ScriptedBio(ends[0]);
        Peer peer = new JssePeer(engine(scene), ends[1]);
        return new Link(scene, newSsl(context, scene.role(), transport), transport, ends[1], peer);
    }

    /**
     * Against an engine of the JDK's that the test has made; the host is what our client asks for,
     * or null.
     */
    public static Link toEngine(Scene scene, SslContext context, String host, SSLEngine engine) {
        return to(end -> new JssePeer(engine, end), scene, context, host);
    }

    /** Against a server of our own; the host is what our client asks for. */
    public static Link toOwnServer(
            Scene scene, SslContext context, String host, SslContext server) {
        return to(end -> new SslPeer(newSsl(server, Role.SERVER, end)), scene, context, host);
    }

    private static Link to(Function<Bio, Peer> peer, Scene scene, SslContext context, String host) {
        Bio[] ends = TwoWayBio.pair();
        ScriptedBio transport = new ScriptedBio(ends[0]);
        Ssl ssl = context.newSsl();
        ssl.setBio(transport);
        if (scene.role() == Role.CLIENT) {
            if (host != null) {
                ssl.setHost(host);
            }
            ssl.setConnectState();
        } else {
            ssl.setAcceptState();
        }
        return new Link(scene, ssl, transport, ends[1], peer.apply(ends[1]));
    }

    /** Against one of our own connections; the change is made to both contexts. */
    public static Link toOwn(Scene scene, UnaryOperator<SslContext.Builder> change) {
        Bio[] ends = TwoWayBio.pair();
        SslContext context = change.apply(builder(scene)).build();
        ScriptedBio transport = new ScriptedBio(ends[0]);
        Peer peer = new SslPeer(newSsl(context, scene.role().other(), ends[1]));
        return new Link(scene, newSsl(context, scene.role(), transport), transport, ends[1], peer);
    }

    private static Ssl newSsl(SslContext context, Role role, Bio bio) {
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

    /** The context of a scene, shared. */
    public static SslContext context(Scene scene) {
        return CONTEXTS.computeIfAbsent(
                new Scene(Role.SERVER, scene.suite()), s -> builder(s).build());
    }

    /** What a scene's context is built from: good for both roles. */
    public static SslContext.Builder builder(Scene scene) {
        SslContext.Builder builder =
                SslContext.builder()
                        .trust(List.of(Pki.CA.certificate()))
                        .versions(List.of(scene.version()))
                        // Time must not decide how a write is cut into batches.
                        .idleAfter(ChronoUnit.FOREVER.getDuration())
                        .cipherSuites(List.of(scene.suite()));
        return scene.suite().authentication() == CipherSuite.Authentication.RSA
                ? builder.identity(Pki.RSA.identity())
                : builder.identity(Pki.EC.identity());
    }

    /** What seals in a scene unless something else is asked for; machines differ. */
    public static String softwareEngine(Scene scene) {
        return Outcomes.notNull(context(scene).sealerFor(scene.suite())).engine();
    }

    /** The JDK's engine for the other side of a scene. */
    public static SSLEngine engine(Scene scene) {
        SSLEngine engine = JSSE.createSSLEngine();
        engine.setUseClientMode(scene.role() == Role.SERVER);
        engine.setEnabledProtocols(new String[] {scene.version().toString()});
        engine.setEnabledCipherSuites(new String[] {scene.suite().name()});
        return engine;
    }

    public Scene scene() {
        return scene;
    }

    public Ssl ssl() {
        return ssl;
    }

    public ScriptedBio transport() {
        return transport;
    }

    /** The other end of the transport, for bytes that no peer would send. */
    public Bio farEnd() {
        return farEnd;
    }

    /** Puts bytes before the peer that did not come through the transport. */
    public void farEndTakes(ByteBuffer bytes) {
        TwoWayBio end = (TwoWayBio) farEnd;
        try {
            end.in().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Peer peer() {
        return peer;
    }

    /** The JDK's side. */
    public JssePeer jsse() {
        return (JssePeer) peer;
    }

    /** Runs the handshake to its end on both sides, and lets post-handshake messages pass. */
    public Link handshake() {
        pump(() -> ssl.isInitFinished() && peer.isReady(), () -> assertProgress(ssl.doHandshake()));
        settle();
        return this;
    }

    /**
     * Runs the handshake until it is complete on both sides, or has failed on ours; returns our
     * last result.
     */
    public int attempt() {
        int result = -1;
        for (int turns = 0; turns < 10; turns++) {
            result = ssl.doHandshake();
            peer.turn();
            if (ssl.getError(result) != SslError.WANT_READ
                    && (result != 1 || peer.isReady() || peer.failure() != null)) {
                return result;
            }
        }
        throw new AssertionError(scene + ": the handshake does not end; " + ssl.getError(result));
    }

    private void assertProgress(int result) {
        SslError error = ssl.getError(result);
        if (error == SslError.SSL || error == SslError.SYSCALL || peer.failure() != null) {
            throw new AssertionError(
                    scene + ": handshake: " + error + " " + ssl.failure(), peer.failure());
        }
    }

    /** Lets both sides do what they can until the condition holds. */
    public void pump(BooleanSupplier done, Runnable ourTurn) {
        for (int i = 0; i < PATIENCE; i++) {
            if (done.getAsBoolean()) {
                return;
            }
            ourTurn.run();
            peer.turn();
        }
        throw new AssertionError(
                scene + ": not done after " + PATIENCE + " turns; " + ssl.failure());
    }

    /** The peer takes what is there, and we what it answers (session tickets). */
    public void settle() {
        for (int i = 0; i < 3; i++) {
            peer.turn();
            int n = ssl.read(ByteBuffer.allocate(1));
            assertEquals(-1, n, "nothing is to be read");
            assertEquals(SslError.WANT_READ, ssl.getError(n));
        }
    }

    /**
     * Repeats a write as its result asks for, while the peer reads; returns how many calls it took.
     */
    public int writeFully(ByteBuffer src) {
        int wanted = src.remaining();
        for (int calls = 1; calls < PATIENCE; calls++) {
            int n = ssl.write(src);
            if (n == wanted) {
                return calls;
            }
            SslError error = ssl.getError(n);
            if (error != SslError.WANT_WRITE && error != SslError.WANT_READ) {
                throw new AssertionError(
                        scene + ": write: " + n + " " + error + " " + ssl.failure(),
                        peer.failure());
            }
            peer.turn();
        }
        throw new AssertionError(scene + ": the write does not end");
    }

    /** Reads so many bytes, while the peer writes. */
    public byte[] readFully(int length) {
        ByteBuffer dst = ByteBuffer.allocate(length);
        pump(
                () -> !dst.hasRemaining(),
                () -> {
                    int n = ssl.read(dst);
                    SslError error = ssl.getError(n);
                    if (n <= 0 && error != SslError.WANT_READ) {
                        throw new AssertionError(
                                scene + ": read: " + n + " " + error + " " + ssl.failure(),
                                peer.failure());
                    }
                });
        return dst.array();
    }

    /** What the peer has read after it has taken all there is. */
    public byte[] received() {
        while (peer.turn()) {
            // Until it has nothing left to do.
        }
        assertNull(peer.failure(), () -> "the peer is content: " + peer.failure());
        return peer.received();
    }

    /** The records that went over the wire after the mark; whole, every one. */
    public List<TlsRecord> recordsSince(int mark) {
        return WireTap.records(transport.wireSince(mark));
    }

    /** Bytes of a record's body around so many bytes of content. */
    public int bodyOf(int content) {
        return switch (scene.suite().bulkCipher()) {
            case AES_128_GCM, AES_256_GCM -> scene.isTls13() ? content + 1 + 16 : 8 + content + 16;
            case CHACHA20_POLY1305 -> scene.isTls13() ? content + 1 + 16 : content + 16;
            case AES_128_CBC, AES_256_CBC -> {
                int mac = scene.suite().mac().length();
                yield 16 + (content + mac) / 16 * 16 + 16;
            }
        };
    }

    /** Checks the outcome of a call that failed. */
    public void assertFailed(long result, int wanted, SslError error, SslReason reason) {
        Outcomes.assertFailed(ssl, result, wanted, error, reason);
    }

    /** Checks the outcome of a call that is to be repeated. */
    public void assertWants(long result, SslError error) {
        Outcomes.assertWants(ssl, result, error);
    }

    /** Checks the outcome of a call that succeeded. */
    public void assertDone(long result, long wanted) {
        Outcomes.assertDone(ssl, result, wanted);
    }

    @Override
    public void close() {
        ssl.close();
        if (peer instanceof SslPeer own) {
            own.ssl().close();
        }
    }
}
