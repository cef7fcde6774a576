package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.bio.BioPair;
import org.sslwrite.protocol.CipherSuite;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Two of our own connections, client and server, over a pair of bounded rings; one thread drives
 * both.
 */
public final class Peers implements AutoCloseable {
    private static final int PATIENCE = 50_000;

    private final Ssl client;
    private final Ssl server;
    private final ScriptedBio clientTransport;
    private final ScriptedBio serverTransport;

    private Peers(SslContext context, BioPair pair) {
        clientTransport = new ScriptedBio(pair.first());
        serverTransport = new ScriptedBio(pair.second());
        client = context.newSsl();
        client.setBio(clientTransport);
        client.setHost(Pki.HOST);
        client.setConnectState();
        server = context.newSsl();
        server.setBio(serverTransport);
        server.setAcceptState();
    }

    /** Peers that can only agree on this suite, with so many bytes in flight each way at most. */
    public static Peers of(CipherSuite suite, int capacity) {
        return new Peers(
                Link.context(new Scene(Scene.Role.SERVER, suite)), new BioPair(capacity, capacity));
    }

    /** Likewise, with something in the context of both changed. */
    public static Peers of(
            CipherSuite suite, int capacity, UnaryOperator<SslContext.Builder> change) {
        SslContext context =
                change.apply(Link.builder(new Scene(Scene.Role.SERVER, suite))).build();
        return new Peers(context, new BioPair(capacity, capacity));
    }

    public Ssl client() {
        return client;
    }

    public Ssl server() {
        return server;
    }

    /** What the client's bytes go through. */
    public ScriptedBio clientTransport() {
        return clientTransport;
    }

    /** What the server's bytes go through. */
    public ScriptedBio serverTransport() {
        return serverTransport;
    }

    /** Runs the handshake to its end on both sides. */
    public Peers handshake() {
        pump(
                () ->
                        client.isInitFinished()
                                && server.isInitFinished()
                                && client.doHandshake() == 1
                                && server.doHandshake() == 1,
                () -> {
                    assertNoFailure(client, client.doHandshake());
                    assertNoFailure(server, server.doHandshake());
                });
        return this;
    }

    /** Moves data from one to the other; they take turns whenever the one wants something. */
    public byte[] transfer(Ssl from, Ssl to, byte[] data) {
        ByteBuffer src = ByteBuffer.wrap(data);
        ByteBuffer dst = ByteBuffer.allocate(data.length);
        pump(
                () -> !src.hasRemaining() && !dst.hasRemaining(),
                () -> {
                    if (src.hasRemaining()) {
                        assertNoFailure(from, from.write(src));
                    }
                    if (dst.hasRemaining()) {
                        assertNoFailure(to, to.read(dst));
                    }
                });
        return dst.array();
    }

    /**
     * Closes both directions properly; a side whose transport is full reads, so that the other can
     * write.
     */
    public void shutdown() {
        ByteBuffer none = ByteBuffer.allocate(1);
        pump(
                () -> client.shutdown() == 1 & server.shutdown() == 1,
                () -> {
                    assertNotPositive(client.read(none));
                    assertNotPositive(server.read(none));
                });
    }

    private static void assertNotPositive(int read) {
        assertTrue(read <= 0, "nothing is to be read");
    }

    /** Fails if a call ended with anything that repeating does not cure. */
    public static void assertNoFailure(Ssl ssl, long result) {
        SslError error = ssl.getError(result);
        if (error != SslError.NONE && error != SslError.WANT_READ && error != SslError.WANT_WRITE) {
            throw new AssertionError(error + " " + ssl.failure());
        }
    }

    /** Takes turns until the condition holds. */
    public static void pump(BooleanSupplier done, Runnable turn) {
        for (int i = 0; i < PATIENCE; i++) {
            if (done.getAsBoolean()) {
                return;
            }
            turn.run();
        }
        throw new AssertionError("not done after " + PATIENCE + " turns");
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
