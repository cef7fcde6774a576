package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.bio.MemoryBio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection as a channel: the idiomatic face of {@link Ssl}.
 *
 * <p>One thread may read while another writes. Whether calls block is what the channel underneath
 * does at the time of the call; a channel that is not selectable counts as blocking.
 *
 * <ul>
 *   <li>Blocking: {@code write} returns once all bytes are with the transport, {@code read} once
 *       there is something, or -1 after the peer's close_notify.
 *   <li>Non-blocking: both may return 0; {@link #interestOps} then says what to wait for. A write
 *       that left bytes in its buffers, whatever it returned, may have sealed the next of them
 *       already: the next write must begin with exactly those bytes; where they lie does not
 *       matter.
 * </ul>
 *
 * <p>Failures are {@link SslException}s, and stay.
 */
public final class SslChannel implements ByteChannel, GatheringByteChannel {
    private static final int STAGED = 64 * 1024;

    private final Ssl ssl;
    private final ByteChannel channel;
    private final Bio direct;

    /** Guards the connection; never held while the channel may block. */
    private final ReentrantLock state = new ReentrantLock();

    private final Condition progress = state.newCondition();
    private long progressMade;

    /** Held by the one thread that reads from the channel, and by the one that writes to it. */
    private final ReentrantLock reading = new ReentrantLock();

    private final ReentrantLock writing = new ReentrantLock();

    /** In blocking mode the connection reads and writes these, and threads move bytes outside. */
    private final MemoryBio staged = new MemoryBio(2 * STAGED);

    private final MemoryBio arrived = new MemoryBio();
    private @Nullable ByteBuffer netOut;
    private @Nullable ByteBuffer netIn;
    private int readInterest;
    private int writeInterest;
    private boolean closeNotifyOut;
    private volatile boolean broken;

    /**
     * Puts a connection on a channel.
     *
     * @param ssl in the connect or the accept state; this object's from now on
     * @param channel this object's to close
     */
    public SslChannel(Ssl ssl, ByteChannel channel) {
        this.ssl = ssl;
        this.channel = channel;
        this.direct = new DirectBio(new ChannelBio(channel));
        ssl.setMode(SslMode.ACCEPT_MOVING_WRITE_BUFFER);
    }

    /** The channel itself, for non-blocking calls; what blocking ones left over comes first. */
    private final class DirectBio implements Bio {
        private final Bio onChannel;

        DirectBio(Bio onChannel) {
            this.onChannel = onChannel;
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return arrived.pending() > 0 ? arrived.read(dst) : onChannel.read(dst);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return staged.pending() > 0 ? RETRY : onChannel.write(src);
        }

        @Override
        public void close() throws IOException {
            onChannel.close();
        }
    }

    private interface Call {
        /** A call on the connection. Returns what it returns. */
        long on(Ssl ssl);
    }

    /**
     * Runs the handshake.
     *
     * @return whether it is complete; in blocking mode always
     */
    public boolean handshake() throws IOException {
        return run(false, Ssl::doHandshake) > 0;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (!dst.hasRemaining()) {
            return 0;
        }
        reading.lock();
        try {
            return (int) run(true, connection -> connection.read(dst));
        } finally {
            unlockReading();
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return (int) write(new ByteBuffer[] {src}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] srcs) throws IOException {
        return write(srcs, 0, srcs.length);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        writing.lock();
        try {
            long written = 0;
            while (hasRemaining(srcs, offset, length)) {
                long n = run(false, connection -> connection.write(srcs, offset, length));
                if (n < 0) {
                    throw new ClosedChannelException();
                }
                if (n == 0) {
                    break;
                }
                written += n;
            }
            return written;
        } finally {
            writing.unlock();
            drain();
        }
    }

    private static boolean hasRemaining(ByteBuffer[] srcs, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (srcs[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    /** Sends close_notify; reading goes on. Returns whether it is out; in blocking mode always. */
    public boolean shutdownOutput() throws IOException {
        run(
                false,
                connection -> {
                    int result = closeNotifyOut ? 1 : connection.shutdown();
                    closeNotifyOut |=
                            result > 0
                                    || (result == 0
                                            && connection.getError(result) == SslError.NONE);
                    return result;
                });
        return closeNotifyOut;
    }

    /**
     * What to wait for in non-blocking mode before the call that returned 0 is made again: {@link
     * SelectionKey#OP_READ}, {@link SelectionKey#OP_WRITE}, or 0.
     */
    public int interestOps() {
        state.lock();
        try {
            return readInterest | writeInterest;
        } finally {
            state.unlock();
        }
    }

    /** The connection underneath, for its session and statistics; not to be read or written. */
    public Ssl ssl() {
        return ssl;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Sends close_notify if nobody is writing, and closes the channel; threads that wait in it get
     * an exception. On a blocking channel whose peer reads nothing, sending close_notify may wait;
     * a second call, from another thread, ends that.
     */
    @Override
    public void close() throws IOException {
        try {
            if (channel.isOpen() && writing.tryLock()) {
                try {
                    sayGoodbye();
                } finally {
                    writing.unlock();
                }
            }
        } finally {
            try {
                channel.close();
            } finally {
                signalProgress();
                wipe();
            }
        }
    }

    private void wipe() {
        state.lock();
        try {
            ssl.close();
        } finally {
            state.unlock();
        }
    }

    private void sayGoodbye() {
        try {
            if (ssl.session() != null) {
                shutdownOutput();
            }
        } catch (IOException e) {
            // The peer has gone already, or never came; closing is all that is left.
        }
    }

    private boolean isBlocking() {
        return !(channel instanceof SelectableChannel selectable) || selectable.isBlocking();
    }

    /** Makes a call, and repeats it as long as the transport can be made to give what it wants. */
    private long run(boolean forRead, Call call) throws IOException {
        boolean blocking = isBlocking();
        while (true) {
            long result;
            SslError wanted;
            long seen;
            SslException failed;
            state.lock();
            try {
                requireOpen();
                prepare(blocking);
                result = call.on(ssl);
                wanted = ssl.getError(result);
                seen = progressMade;
                if (forRead) {
                    readInterest = interestOf(wanted);
                    if (wanted == SslError.WANT_WRITE) {
                        // What is unsent may have to wait until the peer, who writes, is read.
                        readInterest |= SelectionKey.OP_READ;
                    }
                } else {
                    writeInterest = interestOf(wanted);
                }
                failed = isFailure(wanted) ? failure() : null;
            } finally {
                state.unlock();
            }
            if (failed != null) {
                throw afterLastWords(failed);
            }
            if (blocking) {
                boolean drained = drain();
                if (wanted == SslError.WANT_READ) {
                    awaitInput(seen);
                    continue;
                }
                if (wanted == SslError.WANT_WRITE) {
                    if (!drained && forRead) {
                        // Whoever drains sends it; the peer may have to write before it reads.
                        awaitInput(seen);
                    } else if (!drained) {
                        awaitProgress(seen);
                    }
                    continue;
                }
            }
            return wanted == SslError.ZERO_RETURN ? -1 : Math.max(result, 0);
        }
    }

    private void prepare(boolean blocking) {
        if (blocking) {
            ssl.setBio(arrived, staged);
            ssl.clearMode(SslMode.ENABLE_PARTIAL_WRITE);
        } else {
            ssl.setBio(direct);
            ssl.setMode(SslMode.ENABLE_PARTIAL_WRITE);
        }
    }

    /** Sends the fatal alert that may be staged, as far as that is possible. */
    private SslException afterLastWords(SslException failed) {
        try {
            drain();
        } catch (IOException e) {
            failed.addSuppressed(e);
        }
        return failed;
    }

    /**
     * Moves what is staged to the channel, unless another thread is about it: whoever holds {@link
     * #writing} looks again after letting go.
     *
     * @return whether nothing is staged any more
     */
    private boolean drain() throws IOException {
        while (!broken && (staged.pending() > 0 || stageControl())) {
            if (!writing.tryLock()) {
                return false;
            }
            try {
                pump();
            } finally {
                writing.unlock();
                signalProgress();
            }
        }
        return true;
    }

    /** Stages what a reader had to leave in the connection; returns whether anything is staged. */
    private boolean stageControl() {
        if (!isBlocking()) {
            return false;
        }
        state.lock();
        try {
            if (channel.isOpen()) {
                prepare(true);
                ssl.flushControl();
            }
            return staged.pending() > 0;
        } finally {
            state.unlock();
        }
    }

    private void pump() throws IOException {
        ByteBuffer buffer = netOut;
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(STAGED);
            netOut = buffer;
        }
        boolean moved = false;
        try {
            staged.read(buffer.clear());
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            moved = true;
        } finally {
            if (!moved) {
                // What is left would follow a gap.
                broken = true;
                staged.close();
            }
        }
    }

    /** Reads from the channel, or waits for the thread that does. */
    private void awaitInput(long seen) throws IOException {
        if (!reading.tryLock()) {
            awaitProgress(seen);
            return;
        }
        try {
            if (!hasProgressedSince(seen)) {
                fill();
            }
        } finally {
            unlockReading();
        }
    }

    private void fill() throws IOException {
        ByteBuffer buffer = netIn;
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(STAGED);
            netIn = buffer;
        }
        int n = channel.read(buffer.clear());
        if (n < 0) {
            arrived.close();
        } else {
            arrived.write(buffer.flip());
        }
    }

    private void unlockReading() {
        reading.unlock();
        signalProgress();
    }

    private boolean hasProgressedSince(long seen) {
        state.lock();
        try {
            return progressMade != seen;
        } finally {
            state.unlock();
        }
    }

    private void awaitProgress(long seen) {
        state.lock();
        try {
            while (progressMade == seen && channel.isOpen()) {
                progress.awaitUninterruptibly();
            }
        } finally {
            state.unlock();
        }
    }

    private void signalProgress() {
        state.lock();
        try {
            progressMade++;
            progress.signalAll();
        } finally {
            state.unlock();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private static boolean isFailure(SslError error) {
        return error == SslError.SSL || error == SslError.SYSCALL;
    }

    private static int interestOf(SslError error) {
        return switch (error) {
            case WANT_READ -> SelectionKey.OP_READ;
            case WANT_WRITE -> SelectionKey.OP_WRITE;
            default -> 0;
        };
    }

    private SslException failure() {
        SslFailure failure = ssl.failure();
        return new SslException(
                failure != null
                        ? failure
                        : new SslFailure(
                                SslReason.TRANSPORT_CLOSED, "the transport is closed", null));
    }
}
