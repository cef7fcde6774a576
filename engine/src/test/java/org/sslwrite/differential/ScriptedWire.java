package org.sslwrite.differential;

import org.sslwrite.bio.Bio;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.differential.Pipe.Obstacle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

/**
 * A transport that does what the script says, to our implementation as a {@link Bio} and to OpenSSL
 * as a BIO with a method of our own: the same object decides for both.
 */
final class ScriptedWire implements RecordTransport {
    /** What a call says that moved nothing. */
    static final int RETRY = 0;

    static final int CLOSED = -1;
    static final int BROKEN = -2;

    private final boolean behindChannel;
    private final Pipe out = new Pipe();
    private final Pipe in = new Pipe();
    private long fromPeer = Long.MAX_VALUE;
    private Runnable peer;
    private Runnable inTheMiddle;
    private Throwable failure;

    ScriptedWire() {
        this(false);
    }

    /**
     * A transport without obstacles.
     *
     * @param behindChannel whether ours meets it through a {@link ChannelBio}
     */
    ScriptedWire(boolean behindChannel) {
        this.behindChannel = behindChannel;
    }

    /** What the subject writes. */
    Pipe out() {
        return out;
    }

    /** What the subject reads. */
    Pipe in() {
        return in;
    }

    /**
     * Makes the transport blocking: where a call could move nothing, the peer is run until it can.
     */
    void blockOn(Runnable peerRuns) {
        peer = peerRuns;
    }

    /** Runs something in the middle of the next call to write. */
    void inTheMiddleOfAWrite(Runnable action) {
        inTheMiddle = action;
    }

    /** Throws what went wrong while C was on the stack, where nothing can be thrown. */
    void rethrow() {
        if (failure instanceof MissingFunctionException missing) {
            throw missing;
        }
        if (failure != null) {
            throw new AssertionError("in the middle of a call from C", failure);
        }
    }

    /** Writes from memory; returns bytes taken, or what is said instead. */
    int write(MemorySegment source) {
        Runnable action = inTheMiddle;
        if (action != null) {
            inTheMiddle = null;
            action.run();
        }
        int n = admitted(out, (int) source.byteSize(), true);
        if (n > 0) {
            byte[] target = out.roomAtTail(n);
            MemorySegment.copy(source, 0, MemorySegment.ofArray(target), out.tail(), n);
            out.added(n);
            out.passed(n);
        }
        return n;
    }

    /** Reads into memory; returns bytes read, or what is said instead. */
    int read(MemorySegment target) {
        int n = admitted(in, (int) target.byteSize(), false);
        if (n > 0) {
            MemorySegment.copy(MemorySegment.ofArray(in.array()), in.head(), target, 0, n);
            in.removed(n);
            in.passed(n);
        }
        return n;
    }

    private int admitted(Pipe pipe, int wanted, boolean writing) {
        int first = moves(pipe, wanted, writing);
        if (first != RETRY || peer == null) {
            return first;
        }
        // A pipe that retries every second call lets the second one through, and a peer may need a
        // few turns of its own.
        for (int turn = 0; turn < 8; turn++) {
            peer.run();
            int again = moves(pipe, wanted, writing);
            if (again != RETRY) {
                return again;
            }
        }
        throw new IllegalStateException(
                "deadlock: the subject blocks on " + (writing ? "a write" : "a read"));
    }

    private static int moves(Pipe pipe, int wanted, boolean writing) {
        Obstacle obstacle = pipe.obstacle();
        if (obstacle != null) {
            return switch (obstacle) {
                case RETRY -> RETRY;
                case CLOSED -> CLOSED;
                case BROKEN -> BROKEN;
            };
        }
        if (writing) {
            return pipe.writable(wanted);
        }
        return pipe.isAtEnd() ? CLOSED : pipe.readable(wanted);
    }

    /** As {@link #write}, when C calls: keeps what is thrown. */
    int writeForC(MemorySegment source) {
        try {
            return write(source);
        } catch (Throwable e) {
            failure = e;
            return BROKEN;
        }
    }

    /** As {@link #read}, when C calls: keeps what is thrown. */
    int readForC(MemorySegment target) {
        try {
            return read(target);
        } catch (Throwable e) {
            failure = e;
            return BROKEN;
        }
    }

    @Override
    public Bio bio() {
        return behindChannel ? new ChannelBio(new Channel()) : new Plain();
    }

    private final class Plain implements Bio {
        @Override
        public int read(ByteBuffer dst) throws IOException {
            return moved(dst, ScriptedWire.this.read(MemorySegment.ofBuffer(dst)));
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return moved(src, ScriptedWire.this.write(MemorySegment.ofBuffer(src)));
        }

        private static int moved(ByteBuffer buffer, int n) throws IOException {
            if (n == BROKEN) {
                throw new IOException("broken by the script");
            }
            if (n > 0) {
                buffer.position(buffer.position() + n);
            }
            return n == CLOSED ? Bio.CLOSED : n;
        }

        @Override
        public void close() {}
    }

    /** The same as a channel, which throws where a transport says that it is closed for writing. */
    private final class Channel implements ByteChannel {
        private final Plain plain = new Plain();

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return plain.read(dst);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            int n = plain.write(src);
            if (n == Bio.CLOSED) {
                throw new ClosedChannelException();
            }
            return n;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Override
    public NativeEnds nativeEnds() {
        MemorySegment bio = NativeBio.of(this);
        return new NativeEnds(bio, bio);
    }

    @Override
    public byte[] take() {
        return out.takeAll();
    }

    /** From now on takes so many bytes from the peer; the rest waits with it. */
    void takeFromPeer(long bytes) {
        fromPeer = bytes;
    }

    @Override
    public int give(byte[] source, int offset, int length) {
        int n = (int) Math.min(length, fromPeer);
        in.put(source, offset, n);
        fromPeer -= n;
        return n;
    }

    @Override
    public void end() {
        in.end();
    }

    @Override
    public ScriptedWire script() {
        return this;
    }

    @Override
    public void close() {}
}
