package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.HandshakeRunner.Role;
import org.sslwrite.bio.Bio;
import org.sslwrite.handshake.Handshake;
import org.sslwrite.handshake.HandshakeException;
import org.sslwrite.handshake.Hosts;
import org.sslwrite.handshake.SessionFacts;
import org.sslwrite.record.Plaintext;
import org.sslwrite.record.RecordWriter;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One TLS connection, with the contract of {@code SSL_write(3)} and its companions.
 *
 * <p>Every call returns a number; a result of 0 or less is explained by {@link #getError} and
 * {@link #failure}. A byte of a write is in one of three places: sent, sealed and waiting in the
 * connection, or untouched. The source buffer's position moves only when a call succeeds, by what
 * it returns; after {@link SslError#WANT_READ} or {@link SslError#WANT_WRITE} the call is to be
 * repeated with the same arguments, and what is sealed already is never sealed again.
 *
 * <p>Whether a call blocks is the transport's affair. The first failure that is permanent stays:
 * every later call reports it.
 *
 * <p>Confined to one caller at a time; a second, or a call from within the transport, gets an
 * {@link IllegalStateException} at once and changes nothing.
 */
public final class Ssl implements AutoCloseable {
    private final RecordWriter writer;
    private final Outcome outcome = new Outcome();
    private final Wire wire;
    private final HandshakeRunner runner;
    private final WritePath writePath;
    private final Plaintext source = new Plaintext();
    private final EnumSet<SslMode> modes = EnumSet.noneOf(SslMode.class);
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean closeNotifySent;
    private boolean closed;

    Ssl(SslContext context) {
        this.writer = new RecordWriter(context.buffers(), context.maxSendFragment());
        this.wire = new Wire(writer, outcome);
        this.runner = new HandshakeRunner(context, writer, wire, outcome);
        this.writePath = new WritePath(writer, runner, outcome);
    }

    /** Sets the transport for both directions. It stays the caller's to close. */
    public void setBio(Bio bio) {
        setBio(bio, bio);
    }

    /** Sets a transport for each direction; what waits to be written follows the new one. */
    public void setBio(Bio read, Bio write) {
        wire.setBios(read, write);
    }

    /**
     * Names the server, for a client: what it asks for (SNI) and what the server's certificate must
     * be for.
     *
     * @throws IllegalArgumentException if it is neither a host name nor an address
     */
    public void setHost(String name) {
        runner.setHost(Hosts.canonical(name));
    }

    /** This side is the client. The handshake begins with the next call that needs it. */
    public void setConnectState() {
        runner.setRole(Role.CLIENT);
    }

    /** This side is the server. The handshake begins with the next call that needs it. */
    public void setAcceptState() {
        runner.setRole(Role.SERVER);
    }

    /** Turns a mode on. */
    public void setMode(SslMode mode) {
        modes.add(mode);
    }

    /** Turns a mode off. */
    public void clearMode(SslMode mode) {
        modes.remove(mode);
    }

    /** The modes that are on. */
    public Set<SslMode> modes() {
        return EnumSet.copyOf(modes);
    }

    /**
     * Takes the client's role and runs the handshake: {@link #setConnectState}, then {@link
     * #doHandshake}.
     */
    public int connect() {
        if (!runner.hasRole()) {
            setConnectState();
        }
        return doHandshake();
    }

    /**
     * Takes the server's role and runs the handshake: {@link #setAcceptState}, then {@link
     * #doHandshake}.
     */
    public int accept() {
        if (!runner.hasRole()) {
            setAcceptState();
        }
        return doHandshake();
    }

    /**
     * Runs the handshake, or goes on with it. Returns 1 once it is complete and all of it is sent.
     */
    public int doHandshake() {
        enter();
        try {
            int begun = beginCall();
            return begun != Outcome.DONE ? begun : runner.run();
        } finally {
            leave();
        }
    }

    /** Whether the handshake is complete. */
    public boolean isInitFinished() {
        return runner.isComplete();
    }

    /**
     * Writes the remaining bytes of a buffer ({@code SSL_write}).
     *
     * @return bytes written, and the position has moved by so many; otherwise see {@link #getError}
     */
    public int write(ByteBuffer src) {
        enter();
        try {
            source.set(src);
            return (int) writeSource();
        } finally {
            source.clear();
            leave();
        }
    }

    /**
     * Writes a part of an array ({@code SSL_write}).
     *
     * @return bytes written; otherwise see {@link #getError}
     */
    public int write(byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        return write(ByteBuffer.wrap(src, offset, length));
    }

    /**
     * Writes the remaining bytes of several buffers as if they were one; pieces share records.
     *
     * @return bytes written, and the positions have moved by so many; otherwise see {@link
     *     #getError}
     */
    public long write(ByteBuffer[] srcs) {
        return write(srcs, 0, srcs.length);
    }

    /**
     * Writes the remaining bytes of {@code length} of the buffers, from {@code offset} on, as if
     * they were one.
     */
    public long write(ByteBuffer[] srcs, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        enter();
        try {
            source.set(srcs, offset, length);
            return writeSource();
        } finally {
            source.clear();
            leave();
        }
    }

    private long writeSource() {
        int begun = beginCall();
        if (begun != Outcome.DONE) {
            return begun;
        }
        if (closeNotifySent) {
            return outcome.refuse(
                    SslReason.PROTOCOL_IS_SHUTDOWN,
                    "close_notify is sent; nothing can be written after it");
        }
        return writePath.write(
                source,
                modes.contains(SslMode.ENABLE_PARTIAL_WRITE),
                modes.contains(SslMode.ACCEPT_MOVING_WRITE_BUFFER));
    }

    /**
     * Reads application data ({@code SSL_read}), at most what fits.
     *
     * @return bytes read, and the position has moved by so many; otherwise see {@link #getError}
     */
    public int read(ByteBuffer dst) {
        enter();
        try {
            if (dst.isReadOnly()) {
                throw new IllegalArgumentException("the buffer is read-only");
            }
            return readInto(dst);
        } finally {
            leave();
        }
    }

    /** Reads application data into a part of an array. */
    public int read(byte[] dst, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, dst.length);
        return read(ByteBuffer.wrap(dst, offset, length));
    }

    private int readInto(ByteBuffer dst) {
        if (pending() > 0) {
            return readDecrypted(dst);
        }
        int begun = beginCall();
        if (begun == Outcome.DONE && !runner.isComplete()) {
            begun = runner.run();
        }
        if (begun != Outcome.DONE) {
            return begun;
        }
        Handshake handshake = Objects.requireNonNull(runner.handshake());
        try {
            while (dst.hasRemaining()) {
                if (handshake.available() > 0) {
                    return readDecrypted(dst);
                }
                if (handshake.isCloseNotifyReceived()) {
                    return outcome.zeroReturn();
                }
                int read = runner.readRecord(handshake);
                if (read != Outcome.DONE) {
                    return read;
                }
            }
            return 0;
        } catch (HandshakeException e) {
            int failed = runner.fail(e);
            // What came whole before the failure is the caller's; the failure is for the next call.
            return handshake.available() > 0 ? readDecrypted(dst) : failed;
        }
    }

    private int readDecrypted(ByteBuffer dst) {
        outcome.clear();
        return Objects.requireNonNull(runner.handshake()).read(dst);
    }

    /**
     * Bytes of application data that {@link #read} returns without asking the transport ({@code
     * SSL_pending}).
     */
    public int pending() {
        Handshake handshake = runner.handshake();
        return handshake == null ? 0 : handshake.available();
    }

    /**
     * Closes the connection ({@code SSL_shutdown}): sends what is sealed, then close_notify; called
     * again, waits for the peer's.
     *
     * @return 0 once ours is sent, 1 once the peer's has come too; otherwise see {@link #getError}
     */
    public int shutdown() {
        enter();
        try {
            int begun = beginCall();
            return begun != Outcome.DONE ? begun : runShutdown();
        } finally {
            leave();
        }
    }

    private int runShutdown() {
        Handshake handshake = runner.handshake();
        if (handshake == null) {
            return outcome.refuse(SslReason.UNINITIALIZED, "there is no connection to shut down");
        }
        if (!handshake.isComplete()) {
            return outcome.refuse(
                    SslReason.SHUTDOWN_WHILE_IN_INIT, "the handshake is not complete");
        }
        try {
            boolean waitForPeer = closeNotifySent && !writer.hasOutput();
            if (!closeNotifySent) {
                handshake.writeCloseNotify();
                closeNotifySent = true;
            }
            int flushed = runner.flush();
            if (flushed == Outcome.DONE && waitForPeer) {
                flushed = awaitCloseNotify(handshake);
            }
            if (flushed != Outcome.DONE) {
                return flushed;
            }
            return handshake.isCloseNotifyReceived() ? 1 : 0;
        } catch (HandshakeException e) {
            return runner.fail(e);
        }
    }

    private int awaitCloseNotify(Handshake handshake) throws HandshakeException {
        while (!handshake.isCloseNotifyReceived()) {
            if (handshake.available() > 0) {
                return outcome.refuse(
                        SslReason.APPLICATION_DATA_AFTER_CLOSE_NOTIFY,
                        "the peer still sends; read it first");
            }
            int read = runner.readRecord(handshake);
            if (read != Outcome.DONE) {
                return read;
            }
        }
        return Outcome.DONE;
    }

    /**
     * Explains the result of the call before ({@code SSL_get_error}); per connection, whatever the
     * thread.
     *
     * @param result what that call returned
     */
    public SslError getError(long result) {
        return result > 0 ? SslError.NONE : outcome.error();
    }

    /**
     * What went wrong in the call before, where the error is {@code SSL} or {@code SYSCALL};
     * otherwise null.
     */
    public @Nullable SslFailure failure() {
        return outcome.failure();
    }

    /**
     * Forgets the call before, or repeats the connection's end after a try to send what still
     * waits, such as an alert.
     */
    private int beginCall() {
        if (!outcome.isEnded()) {
            outcome.clear();
            return Outcome.DONE;
        }
        runner.flush();
        return outcome.repeatEnd();
    }

    /** What the handshake agreed on; null before it is complete. */
    public @Nullable SslSession session() {
        Handshake handshake = runner.handshake();
        SessionFacts facts = handshake == null ? null : handshake.facts();
        return facts == null
                ? null
                : new SslSession(
                        facts.version(),
                        facts.suite(),
                        facts.alpn(),
                        facts.serverName(),
                        facts.peerCertificates(),
                        facts.encryptThenMac());
    }

    /** What was written so far, and which engine sealed it. */
    public SslStatistics statistics() {
        return new SslStatistics(writer.records(), writer.bytes(), writer.choice());
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("another call on this connection is under way");
        }
        if (closed) {
            busy.set(false);
            throw new IllegalStateException("the connection is closed and its keys are wiped");
        }
    }

    private void leave() {
        busy.set(false);
    }

    /**
     * Wipes the keys and gives the buffers back ({@code SSL_free}); sends nothing and leaves the
     * transport open. Twice does no harm.
     */
    @Override
    public void close() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("another call on this connection is under way");
        }
        try {
            closed = true;
            runner.close();
            writer.close();
        } finally {
            busy.set(false);
        }
    }
}
