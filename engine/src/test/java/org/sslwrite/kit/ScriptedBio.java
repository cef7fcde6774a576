package org.sslwrite.kit;

import org.sslwrite.bio.Bio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * A transport that follows a script, call by call, on top of another; where the script is at its
 * end it passes everything on. Remembers what was offered to it, and what went over the wire.
 */
public final class ScriptedBio implements Bio {
    /** What one call does. */
    public interface Step {
        /** Moves bytes between the buffer and the transport underneath, or does not. */
        int move(Direction direction, Bio inner, ByteBuffer buffer) throws IOException;
    }

    /** Which of the two calls a step stands in for. */
    public enum Direction {
        READ,
        WRITE;

        int pass(Bio inner, ByteBuffer buffer) throws IOException {
            return this == READ ? inner.read(buffer) : inner.write(buffer);
        }
    }

    /** Passes everything on. */
    public static final Step PASS = Direction::pass;

    /** Says "retry". */
    public static final Step RETRY = (direction, inner, buffer) -> Bio.RETRY;

    /** Says "closed". */
    public static final Step CLOSED = (direction, inner, buffer) -> Bio.CLOSED;

    private final Bio inner;
    private final Queue<Step> writes = new ArrayDeque<>();
    private final Queue<Step> reads = new ArrayDeque<>();
    private Step otherWrites = PASS;
    private Step otherReads = PASS;
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private ByteBuffer lastOffer = ByteBuffer.allocate(0);
    private int writeCalls;
    private int closes;

    public ScriptedBio(Bio inner) {
        this.inner = inner;
    }

    /** Passes on so many bytes at most. */
    public static Step take(int bytes) {
        return (direction, inner, buffer) -> {
            ByteBuffer part = buffer.slice(buffer.position(), Math.min(bytes, buffer.remaining()));
            int moved = direction.pass(inner, part);
            buffer.position(buffer.position() + part.position());
            return moved;
        };
    }

    /** Throws this. */
    public static Step fail(IOException e) {
        return (direction, inner, buffer) -> {
            throw e;
        };
    }

    /** Throws this, which the contract of a transport does not foresee. */
    public static Step crash(RuntimeException e) {
        return (direction, inner, buffer) -> {
            throw e;
        };
    }

    /** Runs something, then goes on with a step. */
    public static Step after(Runnable action, Step step) {
        return (direction, inner, buffer) -> {
            action.run();
            return step.move(direction, inner, buffer);
        };
    }

    /** What the next writes do, one step a call. */
    public ScriptedBio onWrite(Step... steps) {
        writes.addAll(List.of(steps));
        return this;
    }

    /** What every write does once the script is at its end. */
    public ScriptedBio onOtherWrites(Step step) {
        otherWrites = step;
        return this;
    }

    /** What the next reads do, one step a call. */
    public ScriptedBio onRead(Step... steps) {
        reads.addAll(List.of(steps));
        return this;
    }

    /** What every read does once the script is at its end. */
    public ScriptedBio onOtherReads(Step step) {
        otherReads = step;
        return this;
    }

    /** Whether steps are left that no write has come for. */
    public boolean hasWritesLeft() {
        return !writes.isEmpty();
    }

    /** Every byte that was taken so far. */
    public byte[] wire() {
        return wire.toByteArray();
    }

    /** How many bytes were taken so far; a mark for {@link #wireSince}. */
    public int mark() {
        return wire.size();
    }

    /** The bytes that were taken after the mark. */
    public byte[] wireSince(int mark) {
        return Arrays.copyOfRange(wire.toByteArray(), mark, wire.size());
    }

    /** What the last write was offered, all of it; to be asked for before the next call. */
    public byte[] lastOffer() {
        byte[] offer = new byte[lastOffer.remaining()];
        lastOffer.get(lastOffer.position(), offer);
        return offer;
    }

    /** How many writes have come. */
    public int writeCalls() {
        return writeCalls;
    }

    /** How many times it was closed. */
    public int closes() {
        return closes;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        Step step = reads.isEmpty() ? otherReads : reads.remove();
        return step.move(Direction.READ, inner, dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        lastOffer = src.duplicate();
        writeCalls++;
        Step step = writes.isEmpty() ? otherWrites : writes.remove();
        try {
            return step.move(Direction.WRITE, inner, src);
        } finally {
            byte[] taken =
                    new byte
                            [Math.clamp(
                                    src.position() - lastOffer.position(),
                                    0,
                                    lastOffer.remaining())];
            lastOffer.get(lastOffer.position(), taken);
            wire.write(taken, 0, taken.length);
        }
    }

    @Override
    public void close() throws IOException {
        closes++;
        inner.close();
    }
}
