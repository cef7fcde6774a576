package org.sslwrite.seal.token;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Has another sealer's records sealed on another thread, and waits for them only so long. The other
 * sealer works on memory that nobody else uses: if it never answers, both are left to it.
 *
 * <p>If the limit is the default, a platform thread seals its records itself, without a limit: it
 * hurts nobody else when it waits, and a fast token seals a record in less time than it takes to
 * hand it over. A virtual thread never seals itself: it would hold its carrier.
 */
final class DeadlineSealer implements RecordSealer {
    private final TokenSealer sealer;
    private final Duration limit;
    private final boolean isAlwaysLimited;
    private final SealingThread.Pool threads;
    private DirectStage stage = new DirectStage();
    private boolean lost;
    private boolean closed;

    /**
     * @param isAlwaysLimited whether a platform thread is held to the limit too
     */
    DeadlineSealer(
            TokenSealer sealer,
            Duration limit,
            boolean isAlwaysLimited,
            SealingThread.Pool threads) {
        this.sealer = sealer;
        this.limit = limit;
        this.isAlwaysLimited = isAlwaysLimited;
        this.threads = threads;
    }

    @Override
    public String engine() {
        return sealer.engine();
    }

    @Override
    public int plaintextOffset() {
        return sealer.plaintextOffset();
    }

    @Override
    public int maxContentLength() {
        return sealer.maxContentLength();
    }

    @Override
    public int bodyLength(int contentLength, int padding) {
        return sealer.bodyLength(contentLength, padding);
    }

    @Override
    public int seal(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        if (closed) {
            throw new IllegalStateException("the sealer is closed");
        }
        if (lost) {
            throw new SealException(engine() + " has not answered before", null, false);
        }
        if (!isAlwaysLimited && !Deadline.mustHandOver()) {
            return sealer.seal(
                    sequence, contentType, src, srcIndex, length, padding, dst, dstIndex);
        }
        return sealElsewhere(sequence, contentType, src, srcIndex, length, padding, dst, dstIndex);
    }

    private int sealElsewhere(
            long sequence,
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        int body = bodyLength(length, padding);
        Memory.requireRoom(src, srcIndex, length, dst, dstIndex, body);
        ByteBuffer memory = stage.atLeast(body);
        int contentAt = plaintextOffset();
        Memory.move(src, srcIndex, length, memory, contentAt);
        SealingThread thread = borrow();
        boolean sealed = false;
        try {
            thread.seal(sealer, sequence, contentType, memory, contentAt, length, padding);
            sealed = true;
        } catch (TokenException e) {
            lost = true;
            stage = new DirectStage();
            sealer.giveUp(e);
            throw new SealException(String.valueOf(e.getMessage()), e);
        } finally {
            if (!lost) {
                threads.give(thread);
                if (!sealed) {
                    stage.release();
                }
            }
        }
        dst.put(dstIndex, memory, 0, body);
        return body;
    }

    /** If there is none, nothing has begun. */
    private SealingThread borrow() throws SealException {
        try {
            return threads.take();
        } catch (TokenException e) {
            stage.release();
            throw new SealException(String.valueOf(e.getMessage()), e, false);
        }
    }

    @Override
    public void releaseBuffers() {
        if (!lost) {
            sealer.releaseBuffers();
        }
        stage.release();
    }

    @Override
    public void close() {
        boolean first = !closed;
        closed = true;
        stage.release();
        if (first && !lost) {
            destroyKeys();
        }
    }

    /** To destroy a key is a call too. */
    private void destroyKeys() {
        try {
            Deadline.call(
                    limit,
                    engine() + ", destroying a key",
                    () -> {
                        sealer.close();
                        return engine();
                    });
        } catch (TokenException e) {
            sealer.giveUp(e);
        }
    }
}
