package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.ChannelBio;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
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
 */
final class BoundedBio implements Bio {
    /**
     * Bytes handed to the socket at once: a blocking write returns late, and must not look like a
     * peer that stands still.
     */
    private static final int LARGEST_WRITE = 64 * 1024;

    private static final long NEVER = Long.MAX_VALUE;
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private final SocketChannel channel;
    private final Bio bio;
    private final Duration timeout;
    private final long epoch = System.nanoTime();
    private final ScheduledFuture<?> ticks;

    // Times are nanoseconds since epoch; NEVER: no call is under way, no phase has a limit.
    private volatile long callGivesUpAt = NEVER;
    private volatile long phaseGivesUpAt = NEVER;
    private volatile Duration phaseLimit = Duration.ZERO;
    private volatile @Nullable String expired;

    /** The channel is in blocking mode and becomes this object's to close. */
    BoundedBio(SocketChannel channel, Duration timeout) {
        this.channel = channel;
        this.bio = new ChannelBio(channel);
        this.timeout = timeout;
        long tick = Math.clamp(timeout.toNanos() / 10, 1_000_000, 1_000_000_000);
        this.ticks = CLOCK.scheduleWithFixedDelay(this::tick, tick, tick, TimeUnit.NANOSECONDS);
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

    /** From now on, all calls together may take so long. */
    void limitPhase(Duration limit) {
        phaseLimit = limit;
        phaseGivesUpAt = now() + limit.toNanos();
    }

    /** From now on, calls may go on as long as bytes move. */
    void endPhase() {
        phaseGivesUpAt = NEVER;
    }

    private long now() {
        return System.nanoTime() - epoch;
    }

    private void tick() {
        long now = now();
        if (now >= callGivesUpAt) {
            giveUp(standstill(timeout));
        } else if (now >= phaseGivesUpAt) {
            giveUp("not done after " + seconds(phaseLimit) + " (--timeout)");
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
        callGivesUpAt = now() + timeout.toNanos();
        try {
            return unlessExpired(bio.read(dst));
        } finally {
            callGivesUpAt = NEVER;
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        callGivesUpAt = now() + timeout.toNanos();
        int limit = src.limit();
        src.limit(Math.min(limit, src.position() + LARGEST_WRITE));
        try {
            return unlessExpired(bio.write(src));
        } finally {
            src.limit(limit);
            callGivesUpAt = NEVER;
        }
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
            while (read(discarded) > 0) {
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
