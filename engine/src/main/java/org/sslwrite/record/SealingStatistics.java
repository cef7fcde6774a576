package org.sslwrite.record;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerChoice.PassedOver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * What one connection's application data was sealed by, and what failed at it. One thread adds; any
 * may read, and sees what was added a moment ago.
 */
public final class SealingStatistics {
    private volatile List<Share> shares = List.of();
    private volatile List<PassedOver> failures = List.of();
    private @Nullable Share current;
    private @Nullable SealerChoice lastChoice;

    private static final class Share {
        private static final VarHandle RECORDS = counter("records");
        private static final VarHandle BYTES = counter("bytes");

        final String engine;
        private long records;
        private long bytes;

        Share(String engine) {
            this.engine = engine;
        }

        private static VarHandle counter(String field) {
            try {
                return MethodHandles.lookup().findVarHandle(Share.class, field, long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        // Opaque: as cheap as a plain write, and never seen half done.
        void add(int length) {
            RECORDS.setOpaque(this, records + 1);
            BYTES.setOpaque(this, bytes + length);
        }

        SealedBy read() {
            return new SealedBy(
                    engine, (long) RECORDS.getOpaque(this), (long) BYTES.getOpaque(this));
        }
    }

    /** Counts a record that was sealed as the choice says. */
    void add(SealerChoice choice, int length) {
        Share share = current;
        if (share == null || choice != lastChoice) {
            share = turnTo(choice);
        }
        share.add(length);
    }

    private Share turnTo(SealerChoice choice) {
        lastChoice = choice;
        List<PassedOver> known = new ArrayList<>(failures);
        for (PassedOver other : choice.passedOver()) {
            if (other.failed() && !known.contains(other)) {
                known.add(other);
            }
        }
        failures = List.copyOf(known);
        Share share = shareOf(choice.engine());
        current = share;
        return share;
    }

    private Share shareOf(String engine) {
        for (Share share : shares) {
            if (share.engine.equals(engine)) {
                return share;
            }
        }
        Share share = new Share(engine);
        List<Share> more = new ArrayList<>(shares);
        more.add(share);
        shares = List.copyOf(more);
        return share;
    }

    /** By engine, in the order of first use. */
    public List<SealedBy> sealedBy() {
        return shares.stream().map(Share::read).toList();
    }

    /** Engines that failed, or were kept away because they had failed, each reason once. */
    public List<PassedOver> failures() {
        return failures;
    }

    /** Records sealed so far. */
    public long records() {
        return sealedBy().stream().mapToLong(SealedBy::records).sum();
    }

    /** Bytes sealed so far. */
    public long bytes() {
        return sealedBy().stream().mapToLong(SealedBy::bytes).sum();
    }
}
