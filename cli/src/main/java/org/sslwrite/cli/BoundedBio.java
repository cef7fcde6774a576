package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.ChannelBio;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A blocking socket that gives up. A call in which no byte moves for the whole timeout ends with a
 * {@link SocketTimeoutException}, because a clock that all of these share closes the socket under
 * it; so does every call once the time for a whole phase, as the handshake, is over.
 *
 * <p>With a least rate, a write waits for longer if the peer may still be busy with what it took
 * before: a peer of that rate is never given up, one that is slower when it is behind such a one by
 * the timeout. No bytes move while a slow program reads what its own system has in store, or while
 * our system's buffer is full, whose size is bounded therefore.
 */
final class BoundedBio implements Bio {
    /** What is left to say once reading has ended is a record or two. */
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(2);

    /**
     * Bytes handed to the socket at once: a blocking write returns late, and must not look like a
     * peer that stands still.
     */
    private static final int LARGEST_WRITE = 64 * 1024;

    /** Of the system's buffer; Linux makes room again when a third of it is empty. */
    static final int SEND_BUFFER = 256 * 1024;

    private static final long NEVER = Long.MAX_VALUE;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /**
     * Bytes that a peer's system may take at once and its program read slowly. Linux asks for more
     * when a sixteenth of its buffer is empty, which is up to 32 MiB where it is set so.
     */
    private static final long PEER_BUFFER = 1024 * 1024;

    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final SocketChannel channel;
    private final Bio bio;
    private final Duration timeout;
    private final int leastRate;
    private final long epoch = System.nanoTime();
    private final ScheduledFuture<?> ticks;

    // Times are nanoseconds since epoch; NEVER: no call is under way, no phase has a limit.
    private volatile long callGivesUpAt = NEVER;
    private volatile long phaseGivesUpAt = NEVER;
    private volatile String phaseLimit = "";
    private volatile @Nullable String expired;

    /** Waiting for a byte that need not come. */
    private volatile boolean idle;

    /** No more is read, but what is left to say can be written. */
    private volatile boolean readingEnded;

    /** What was read to see whether the peer sends anything. */
    private @Nullable ByteBuffer early;

    private volatile boolean writing;
    private volatile long wroteAt;

    /** Nanoseconds that writes may still wait for the peer. */
    private long credit;

    /** The channel is in blocking mode and becomes this object's to close. */
    BoundedBio(SocketChannel channel, Duration timeout) {
        this(channel, timeout, 0, SEND_BUFFER);
    }

    /**
     * A socket with limits.
     *
     * @param channel is in blocking mode and becomes this object's to close
     * @param leastRate bytes a second that the peer has to take in the mean; 0: any pace
     * @param sendBuffer bytes; the system may take fewer or double them
     */
    BoundedBio(SocketChannel channel, Duration timeout, int leastRate, int sendBuffer) {
        this.channel = channel;
        this.bio = new ChannelBio(channel);
        this.timeout = timeout;
        this.leastRate = leastRate;
        this.credit = timeout.toNanos();
        bound(channel, sendBuffer);
        long tick = Math.clamp(timeout.toNanos() / 10, 1_000_000, 1_000_000_000);
        this.ticks = CLOCK.scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.NANOSECONDS);
    }

    private static void bound(SocketChannel channel, int sendBuffer) {
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBuffer);
        } catch (IOException e) {
            // It is broken: the first read or write will say how.
        }
    }

    private static ScheduledThreadPoolExecutor clock() {
        var executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("timeouts").factory());
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** Why this gave up, as the rest of a sentence; null if it did not. */
    @Nullable String expired() {
        return expired;
    }

    /**
     * From now on, all calls together may take so long.
     *
     * @param option whose value that is
     */
    void limitPhase(Duration limit, String option) {
        endPhase();
        phaseLimit = seconds(limit) + " (" + option + ")";
        phaseGivesUpAt = now() + limit.toNanos();
    }

    /** From now on, calls may go on as long as bytes move. */
    void endPhase() {
        phaseGivesUpAt = NEVER;
        idle = false;
    }

    /**
     * From now on, the peer may be silent for so long; then reading ends as by {@link #endReading}.
     */
    void limitIdle(Duration limit) {
        phaseGivesUpAt = now() + limit.toNanos();
        idle = true;
    }

    /**
     * Ends the read that is under way, and all others, with {@link #RETRY}; so that a connection
     * can be closed properly. For any thread.
     */
    void endReading() {
        readingEnded = true;
        limitPhase(LONGEST_FAREWELL, "--keep-alive");
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            close();
        }
    }

    /**
     * Waits for the peer to send something, at little cost.
     *
     * @return false if it has gone without
     */
    boolean awaitFirstByte() throws SocketTimeoutException {
        ByteBuffer first = ByteBuffer.allocate(1);
        try {
            int n = read(first);
            early = n > 0 ? first.flip() : null;
            return n > 0;
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    private long now() {
        return System.nanoTime() - epoch;
    }

    private void tick() {
        try {
            endWhatIsLate();
        } catch (OutOfMemoryError e) {
            close(); // a clock that has failed does not run again
        }
    }

    private void endWhatIsLate() {
        boolean mayBeSilent = idle; // before the time is read, which is set before it
        long now = now();
        if (now >= callGivesUpAt) {
            giveUp(
                    writing && leastRate > 0
                            ? seconds(timeout)
                                    + " (--timeout) behind one that takes "
                                    + leastRate
                                    + " bytes/s (--min-rate)"
                            : standstill(timeout));
        } else if (now >= phaseGivesUpAt && mayBeSilent) {
            endReading();
        } else if (now >= phaseGivesUpAt) {
            giveUp("not done after " + phaseLimit);
        }
    }

    /** That no byte has moved for so long. */
    static String standstill(Duration timeout) {
        return "no byte has moved for " + seconds(timeout) + " (--timeout)";
    }

    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }

    private void giveUp(String why) {
        expired = why;
        close();
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        ByteBuffer before = early;
        if (before != null) {
            early = null;
            dst.put(before);
            return before.position();
        }
        callGivesUpAt = idle ? NEVER : now() + timeout.toNanos();
        try {
            int n = unlessExpired(bio.read(dst));
            return n < 0 && readingEnded ? RETRY : n;
        } finally {
            callGivesUpAt = NEVER;
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        long start = now();
        wroteAt = start;
        writing = true;
        callGivesUpAt = start + credit;
        int limit = src.limit();
        src.limit(Math.min(limit, src.position() + LARGEST_WRITE));
        try {
            int n = unlessExpired(bio.write(src));
            earn(n, now() - start);
            return n;
        } finally {
            src.limit(limit);
            callGivesUpAt = NEVER;
            writing = false;
        }
    }

    /** Only the time that the peer made us wait counts, not what it takes to seal, say. */
    private void earn(int bytes, long time) {
        if (leastRate == 0) {
            credit = timeout.toNanos();
        } else {
            long most = timeout.toNanos() + timeFor(PEER_BUFFER);
            credit = Math.min(most, credit - time + timeFor(Math.max(bytes, 0)));
        }
    }

    /** What a peer of the least rate needs for so many bytes. */
    private long timeFor(long bytes) {
        return bytes * NANOS_PER_SECOND / leastRate;
    }

    /** Whether a write has been waiting for the peer for longer than the timeout. */
    boolean stalled() {
        return writing && now() - wroteAt > timeout.toNanos();
    }

    private int unlessExpired(int n) throws SocketTimeoutException {
        String why = expired;
        if (n == CLOSED && why != null) {
            throw new SocketTimeoutException(why);
        }
        return n;
    }

    /**
     * Tells the peer that no more bytes will come, and waits for it to do likewise; what it still
     * sends is thrown away.
     */
    void linger() {
        ByteBuffer discarded = ByteBuffer.allocate(8192);
        try {
            channel.shutdownOutput();
            while (!readingEnded && read(discarded) > 0) {
                discarded.clear();
            }
        } catch (IOException e) {
            // it has gone, or stays too long: all the same here
        }
    }

    @Override
    public void close() {
        ticks.cancel(false);
        try {
            channel.close();
        } catch (IOException e) {
            // it is of no more use anyway
        }
    }
}
