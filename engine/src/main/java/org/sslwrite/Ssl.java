package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.HandshakeRunner.Role;
import org.sslwrite.bio.Bio;
import org.sslwrite.handshake.Handshake;
import org.sslwrite.handshake.HandshakeException;
import org.sslwrite.handshake.Hosts;
import org.sslwrite.handshake.SessionFacts;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.record.Plaintext;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.record.SealingStatistics;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntBinaryOperator;

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
    private final RecordTransport wire;
    private final HandshakeRunner runner;
    private final WritePath writePath;
    private final Plaintext source = new Plaintext();
    private final EnumSet<SslMode> modes = EnumSet.of(SslMode.AUTO_RETRY);
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean closeNotifySent;
    private boolean quietShutdown;
    private boolean quietlyClosed;
    private boolean closed;

    Ssl(SslContext context) {
        this.writer = context.newRecordWriter();
        this.wire = new RecordTransport(writer, outcome);
        this.runner = new HandshakeRunner(context, writer, wire, outcome);
        this.writePath = new WritePath(writer, wire, runner, outcome);
    }

    /** Sets the transport for both directions. It stays the caller's to close. */
    public void setBio(Bio bio) {
        setBio(bio, bio);
    }

    /** Sets a transport for each direction; what waits to be written follows the new one. */
    public void setBio(Bio read, Bio write) {
        change(
                () -> {
                    wire.setReadBio(read);
                    wire.setWriteBio(write);
                });
    }

    /** Sets the transport to read from. */
    public void setReadBio(Bio bio) {
        change(() -> wire.setReadBio(bio));
    }

    /** Sets the transport to write to; what waits to be written follows the new one. */
    public void setWriteBio(Bio bio) {
        change(() -> wire.setWriteBio(bio));
    }

    /**
     * Names the server, for a client: what it asks for (SNI) and what the server's certificate must
     * be for.
     *
     * @param name a host name, which may have letters beyond ASCII, or an address
     * @throws IllegalArgumentException if it is neither
     * @see HostNames#toAscii
     */
    public void setHost(String name) {
        String canonical = Hosts.canonical(name);
        change(() -> runner.setHost(canonical));
    }

    /** This side is the client. The handshake begins with the next call that needs it. */
    public void setConnectState() {
        change(() -> runner.setRole(Role.CLIENT));
    }

    /** This side is the server. The handshake begins with the next call that needs it. */
    public void setAcceptState() {
        change(() -> runner.setRole(Role.SERVER));
    }

    /** Turns a mode on. */
    public void setMode(SslMode mode) {
        change(() -> modes.add(mode));
    }

    /** Turns a mode off. */
    public void clearMode(SslMode mode) {
        change(() -> modes.remove(mode));
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
            if (begun == Outcome.DONE) {
                begun = runner.hasRole() ? runner.run() : refuseWithoutRole();
            }
            return begun == Outcome.DONE ? writePath.flushControl() : begun;
        } catch (Error e) {
            throw endedBy(e);
        } finally {
            leave();
        }
    }

    private int refuseWithoutRole() {
        return outcome.refuse(
                SslReason.CONNECTION_TYPE_NOT_SET,
                "neither client nor server: set the connect or the accept state");
    }

    /** Whether the handshake is complete, and no renegotiation is under way. */
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
        } catch (Error e) {
            throw endedBy(e);
        } finally {
            source.clear();
            leave();
        }
    }

    /**
     * Writes the remaining bytes of a buffer ({@code SSL_write_ex}).
     *
     * @return whether it was written, the position then having moved; otherwise see {@link
     *     #getError} of 0
     */
    public boolean writeEx(ByteBuffer src) {
        int n = write(src);
        return n > 0 || (n == 0 && outcome.error() == SslError.NONE);
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
        } catch (Error e) {
            throw endedBy(e);
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
        } catch (Error e) {
            throw endedBy(e);
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
            sendControl();
            return readDecrypted(dst);
        }
        int begun = beginCall();
        if (begun == Outcome.DONE && !runner.isEstablished()) {
            begun = runner.run();
        }
        if (begun == Outcome.DONE) {
            sendControl();
            begun = outcome.isEnded() ? outcome.repeatEnd() : readRecords(dst);
        }
        return outcome.error() == SslError.WANT_READ && writer.hasControlOutput()
                ? outcome.want(SslError.WANT_WRITE)
                : begun;
    }

    /** Sends control records that wait, as far as the transport takes them. */
    void flushControl() {
        change(this::sendControl);
    }

    /**
     * Sends what the peer may be waiting for, as far as the transport takes it: nobody else may
     * call for it, and a caller who waits for the peer would wait for ever.
     */
    private void sendControl() {
        if (writer.hasControlOutput()) {
            runner.flush();
        }
    }

    private int readRecords(ByteBuffer dst) {
        Handshake handshake = Objects.requireNonNull(runner.handshake());
        try {
            while (dst.hasRemaining()) {
                if (handshake.available() > 0) {
                    return readDecrypted(dst);
                }
                if (handshake.isCloseNotifyReceived()) {
                    return outcome.zeroReturn();
                }
                int read = readOneRecord(handshake);
                if (read != Outcome.DONE) {
                    return read;
                }
            }
            outcome.clear();
            return 0;
        } catch (HandshakeException e) {
            int failed = runner.fail(e);
            // What came whole before the failure is the caller's; the failure is for the next call.
            return handshake.available() > 0 ? readDecrypted(dst) : failed;
        }
    }

    /** Reads a record, and sends what it was answered with: a renegotiation goes on by reading. */
    private int readOneRecord(Handshake handshake) throws HandshakeException {
        int read = runner.readRecord(handshake);
        if (read != Outcome.DONE) {
            return read;
        }
        sendControl();
        if (outcome.isEnded() && handshake.available() == 0) {
            return outcome.repeatEnd();
        }
        boolean somethingForCaller = handshake.available() > 0 || handshake.isCloseNotifyReceived();
        return somethingForCaller || modes.contains(SslMode.AUTO_RETRY)
                ? Outcome.DONE
                : outcome.want(SslError.WANT_READ);
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
     * Whether anything has come from the peer that is not read yet, decrypted or not ({@code
     * SSL_has_pending}).
     */
    public boolean hasPending() {
        return pending() > 0 || wire.reader().available() > 0;
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
            int result = begun != Outcome.DONE ? begun : runShutdown();
            boolean closing = result != 0 || outcome.error() == SslError.NONE;
            return closing ? result : Outcome.STOPPED;
        } catch (Error e) {
            throw endedBy(e);
        } finally {
            leave();
        }
    }

    private int runShutdown() {
        Handshake handshake = runner.handshake();
        if (quietShutdown) {
            quietlyClosed = true;
            closeNotifySent = true;
            return 1;
        }
        if (!runner.hasRole()) {
            return outcome.refuse(SslReason.UNINITIALIZED, "there is no connection to shut down");
        }
        if (handshake == null || !handshake.isEstablished()) {
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

    /**
     * With quiet shutdown, {@link #shutdown} sends nothing and counts as done at once ({@code
     * SSL_set_quiet_shutdown}): the peer cannot tell the end from an attack that cut the
     * connection.
     */
    public void setQuietShutdown(boolean quiet) {
        change(() -> quietShutdown = quiet);
    }

    /** Which directions are closed ({@code SSL_get_shutdown}). */
    public Set<SslShutdown> getShutdown() {
        EnumSet<SslShutdown> closedDirections = EnumSet.noneOf(SslShutdown.class);
        Handshake handshake = runner.handshake();
        if (closeNotifySent) {
            closedDirections.add(SslShutdown.SENT_SHUTDOWN);
        }
        if (quietlyClosed
                || runner.isFatalAlertReceived()
                || (handshake != null && handshake.isCloseNotifyReceived())) {
            closedDirections.add(SslShutdown.RECEIVED_SHUTDOWN);
        }
        return closedDirections;
    }

    /**
     * Asks for new keys for our direction ({@code SSL_key_update}), TLS 1.3 only. They are changed
     * before the next record of application data, or by the next {@link #doHandshake}; a write that
     * is pending is finished first.
     *
     * @param requestPeer whether the peer is asked to change its keys too
     * @return 1, or 0 with {@link #failure} saying why not
     */
    public int keyUpdate(boolean requestPeer) {
        enter();
        try {
            int begun = beginCall();
            if (begun != Outcome.DONE) {
                return begun;
            }
            SslSession agreed = session();
            Handshake handshake = runner.handshake();
            if (agreed == null || handshake == null) {
                return refused(SslReason.STILL_IN_INIT, "the handshake is not complete");
            }
            if (agreed.version() != TlsVersion.TLSV1_3) {
                return refused(SslReason.WRONG_SSL_VERSION, "TLS 1.2 has no KeyUpdate");
            }
            if (closeNotifySent) {
                return refused(SslReason.PROTOCOL_IS_SHUTDOWN, "close_notify is sent");
            }
            handshake.oweKeyUpdate(requestPeer);
            return 1;
        } catch (Error e) {
            throw endedBy(e);
        } finally {
            leave();
        }
    }

    /**
     * Begins a renegotiation ({@code SSL_renegotiate}), TLS 1.2 only and only if the context allows
     * it. {@link #doHandshake}, or reading and writing, goes on with it; what is sealed already
     * goes out first.
     *
     * @return 1, or 0 with {@link #failure} saying why not
     */
    public int renegotiate() {
        enter();
        try {
            int begun = beginCall();
            return begun == Outcome.DONE ? beginRenegotiation() : begun;
        } catch (HandshakeException e) {
            return runner.fail(e);
        } catch (Error e) {
            throw endedBy(e);
        } finally {
            leave();
        }
    }

    private int beginRenegotiation() throws HandshakeException {
        SslSession agreed = session();
        Handshake handshake = runner.handshake();
        if (agreed == null || handshake == null || !handshake.isComplete()) {
            return refused(SslReason.STILL_IN_INIT, "a handshake is under way or to come");
        }
        if (agreed.version() != TlsVersion.TLSV1_2) {
            return refused(SslReason.WRONG_SSL_VERSION, "TLS 1.3 has no renegotiation");
        }
        if (closeNotifySent) {
            return refused(SslReason.PROTOCOL_IS_SHUTDOWN, "close_notify is sent");
        }
        if (!handshake.mayRenegotiate()) {
            return refused(SslReason.NO_RENEGOTIATION, "the context does not allow renegotiation");
        }
        handshake.beginRenegotiation();
        return 1;
    }

    private int refused(SslReason reason, String message) {
        outcome.refuse(reason, message);
        return 0;
    }

    /**
     * Pads records of TLS 1.3 to a multiple of this length ({@code SSL_set_block_padding}), content
     * type included; never beyond what a record may hold.
     *
     * @param blockSize 0 or 1 for no padding, at most 16384
     */
    public void setBlockPadding(int blockSize) {
        if (blockSize < 0 || blockSize > 1 << 14) {
            throw new IllegalArgumentException("block size must be from 0 to 16384: " + blockSize);
        }
        setRecordPadding(
                blockSize <= 1
                        ? RecordWriter.NO_PADDING
                        : (type, length) -> (blockSize - (length + 1) % blockSize) % blockSize);
    }

    /**
     * Pads records of TLS 1.3 as a policy says ({@code SSL_set_record_padding_callback}); never
     * beyond what a record may hold.
     *
     * @param policy is given a record's content type and the length of its content, and returns
     *     bytes of padding
     */
    public void setRecordPadding(IntBinaryOperator policy) {
        Objects.requireNonNull(policy);
        change(() -> writer.setPadding(policy));
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
        SealingStatistics account = writer.account();
        return new SslStatistics(
                account.records(),
                account.bytes(),
                writer.choice(),
                account.sealedBy(),
                account.failures());
    }

    private void enter() {
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("another call on this connection is under way");
        }
        if (closed) {
            busy.setRelease(false);
            throw new IllegalStateException("the connection is closed and its keys are wiped");
        }
    }

    private void change(Runnable setting) {
        enter();
        try {
            setting.run();
        } finally {
            leave();
        }
    }

    private void leave() {
        try {
            if (modes.contains(SslMode.RELEASE_BUFFERS)) {
                releaseIdleBuffers();
            }
        } catch (Error e) {
            throw endedBy(e);
        } finally {
            busy.setRelease(false);
        }
    }

    /**
     * Ends the connection, because an error of the virtual machine, such as one of memory, left it
     * in a state that nobody knows: what may have been sealed is never sealed again.
     */
    private Error endedBy(Error thrown) {
        outcome.end(thrown);
        writer.forgetOutput();
        return thrown;
    }

    private void releaseIdleBuffers() {
        writer.releaseIdleBuffers();
        if (pending() == 0) {
            wire.reader().releaseIfEmpty();
        }
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
        } finally {
            writer.close();
            busy.setRelease(false);
        }
    }
}
