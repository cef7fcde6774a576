package org.sslwrite.record;

import org.jspecify.annotations.Nullable;
import org.sslwrite.event.RecordEvent;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.ContentType;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.chain.SealerChain;
import org.sslwrite.seal.chain.SealerListener;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One direction of one key: a sealer and the only counter of its records. Application data and
 * Bouncy Castle's control records both end in {@link #seal}; nothing else uses key or counter.
 *
 * <p>Once a record could not be sealed, its sequence number stays bound to its plaintext, so the
 * epoch seals nothing more.
 */
public final class WriteEpoch implements AutoCloseable {
    /**
     * RFC 8446 section 5.5: "For AES-GCM, up to 2^24.5 full-size records [...] may be encrypted on
     * a given connection". TLS 1.2 is held to the same bound.
     */
    private static final long AES_GCM_RECORDS = 23_726_566L;

    /**
     * Other ciphers are bound by the sequence number alone; this many records are out of reach, and
     * never wrap.
     */
    private static final long OTHER_RECORDS = Long.MAX_VALUE;

    /**
     * Kept back for control records when application data has reached the limit: KeyUpdate, alerts.
     */
    private static final long RESERVE = 1024;

    /** RFC 8446 section 5.2: "legacy_record_version", that of TLS 1.2. */
    private static final int VERSION_ON_THE_WIRE = 0x0303;

    /** Gives the key of an epoch to an engine again, which has lost it. */
    @FunctionalInterface
    public interface KeyAgain {
        /** A sealer made anew; null if the key is not there any more. */
        SealerChain.@Nullable Chosen give() throws SealException;
    }

    private RecordSealer sealer;
    private SealerChoice choice;
    private final @Nullable KeyAgain keyAgain;
    private @Nullable RecordSealer standby;
    private final SealerListener watch;
    private final boolean tls13;
    private final long limit;
    private final long reserve;
    private long sequence;
    private boolean reported;
    private boolean failureReported;
    private boolean poisoned;
    private boolean begun;

    /** Another record came after the one that failed: that one is missing for good. */
    private boolean isOver;

    private boolean closed;

    /**
     * An epoch that begins with record 0.
     *
     * @param recordsAtMost a limit below the cipher's own; one above it changes nothing
     * @param keyAgain asked when an engine without a standby fails before it has begun with a
     *     record; null if it cannot be asked
     */
    public WriteEpoch(
            SealingParameters parameters,
            SealerChain.Chosen chosen,
            long recordsAtMost,
            @Nullable KeyAgain keyAgain) {
        this(parameters, chosen, recordsAtMost, 0, keyAgain);
    }

    private WriteEpoch(
            SealingParameters parameters,
            SealerChain.Chosen chosen,
            long recordsAtMost,
            long firstSequence,
            @Nullable KeyAgain keyAgain) {
        this.keyAgain = keyAgain;
        this.sequence = firstSequence;
        this.watch = chosen.watch();
        this.sealer = chosen.sealer();
        this.choice = chosen.choice();
        this.standby = chosen.standby();
        this.tls13 = parameters.version() == TlsVersion.TLSV1_3;
        BulkCipher bulk = parameters.suite().bulkCipher();
        this.limit = Math.min(recordsAtMost, bulk.isGcm() ? AES_GCM_RECORDS : OTHER_RECORDS);
        this.reserve = Math.min(RESERVE, limit / 2);
    }

    /** Which engine seals, and why. */
    public SealerChoice choice() {
        return choice;
    }

    /** Whether this is an epoch of TLS 1.3. */
    public boolean isTls13() {
        return tls13;
    }

    /** Whether application data must wait for new keys. */
    public boolean isExhausted() {
        return sequence >= limit - reserve;
    }

    /** Bytes of content that one record may have at most, whoever seals it. */
    public int maxContentLength() {
        RecordSealer other = standby;
        return other == null
                ? sealer.maxContentLength()
                : Math.min(sealer.maxContentLength(), other.maxContentLength());
    }

    /** Length of a whole record, header included, with this much content and padding. */
    public int recordLength(int contentLength, int padding) {
        return RecordLayout.HEADER + sealer.bodyLength(contentLength, padding);
    }

    /** Where in a record, counted from its header, the content lies when it is sealed in place. */
    public int contentOffset() {
        return RecordLayout.HEADER + sealer.plaintextOffset();
    }

    /**
     * Seals the next record of this epoch, header and all.
     *
     * @param src holds the content, apart from {@code dst} or in place at {@link #contentOffset()}
     * @param dst receives the record at {@code dstIndex}
     * @return length of the record
     * @throws SealException if the engine failed; the epoch is of no more use
     */
    public int seal(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        if (closed || poisoned || sequence >= limit) {
            throw refusal();
        }
        poisoned = true;
        boolean begunBefore = begun;
        // Unless the engine says otherwise, whatever it throws.
        begun = true;
        int body;
        try {
            body = sealOrFail(contentType, src, srcIndex, length, padding, dst, dstIndex);
        } catch (SealException e) {
            begun = begunBefore || e.begun();
            throw e;
        }
        sequence++;
        if (!reported) {
            reported = true;
            watch.sealed(sealer.engine());
        }
        dst.put(dstIndex, (byte) (tls13 ? ContentType.APPLICATION_DATA : contentType));
        int versionAndLength = VERSION_ON_THE_WIRE << 16 | body;
        boolean network = dst.order() == ByteOrder.BIG_ENDIAN;
        dst.putInt(
                dstIndex + 1, network ? versionAndLength : Integer.reverseBytes(versionAndLength));
        // Last: a record that is sealed and never returned leaves a gap, after which the peer
        // accepts nothing.
        poisoned = false;
        begun = false;
        return RecordLayout.HEADER + body;
    }

    /** What a sealer throws, or claims, that it may not is a failure of this record as well. */
    private int sealOrFail(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        int body;
        RecordEvent event = RecordEvent.beginIfWanted();
        try {
            body =
                    sealer.seal(
                            sequence,
                            contentType,
                            src,
                            srcIndex,
                            length,
                            padding,
                            dst,
                            dstIndex + RecordLayout.HEADER);
        } catch (RuntimeException e) {
            throw new SealException(sealer.engine() + " failed: " + e.getMessage(), e);
        } catch (Error e) {
            throw new SealException(sealer.engine() + " failed: " + e, e);
        }
        RecordEvent.end(event, sealer.engine(), contentType, length);
        if (body != sealer.bodyLength(length, padding)) {
            throw new SealException(sealer.engine() + " wrote a record of another length", null);
        }
        return body;
    }

    /** A record that comes after the one that failed is another: no standby may seal it. */
    private SealException refusal() {
        if (poisoned && standby != null) {
            standby.close();
            standby = null;
        }
        isOver |= poisoned;
        String why =
                closed
                        ? "it is wiped"
                        : poisoned ? "an earlier record failed" : "its limit is reached";
        return new SealException("no more records can be sealed with this key: " + why, null);
    }

    /**
     * After a record could not be sealed: lets the standby take over, or without one the same
     * engine, given the key again, if it had not begun. The caller must then seal the same content
     * again, which keeps its sequence number, and nothing else.
     *
     * @return whether the record can be sealed now
     */
    boolean fallBack(SealException failure) {
        if (closed || !poisoned) {
            return false;
        }
        RecordSealer other = standby == null ? sealerAnew() : standby;
        String reason = String.valueOf(failure.getMessage());
        if (!failureReported) {
            failureReported = true;
            watch.failed(sealer.engine(), other == null ? null : other.engine(), reason);
        }
        if (other == null) {
            return false;
        }
        failureReported = false;
        if (standby != null) {
            choice = choice.replacedBy(other.engine(), reason);
        }
        RecordSealer failed = sealer;
        sealer = other;
        standby = null;
        poisoned = false;
        closeFailed(failed);
        return true;
    }

    /** Null if there can be none, or if the record does not belong into the same place with it. */
    private @Nullable RecordSealer sealerAnew() {
        if (begun || isOver || keyAgain == null) {
            return null;
        }
        try {
            SealerChain.Chosen chosen = keyAgain.give();
            if (chosen == null) {
                return null;
            }
            if (chosen.standby() != null) {
                closeFailed(chosen.standby());
            }
            RecordSealer made = chosen.sealer();
            boolean fits =
                    made.engine().equals(sealer.engine())
                            && made.plaintextOffset() == sealer.plaintextOffset()
                            && made.maxContentLength() >= sealer.maxContentLength();
            if (!fits) {
                closeFailed(made);
            }
            return fits ? made : null;
        } catch (SealException e) {
            return null; // what it failed of before says why
        }
    }

    private static void closeFailed(RecordSealer failed) {
        try {
            failed.close();
        } catch (RuntimeException | Error e) {
            // It has failed, and that was reported; its successor goes on.
            return;
        }
    }

    /**
     * Whether the record that failed last left its sequence number free, since the engine had not
     * begun, and no standby took it: another epoch of the same key may then end the connection with
     * an alert under that number.
     */
    public boolean leftNumberFree() {
        return poisoned && !begun && !closed;
    }

    /**
     * The same key and the next number that is free, for a last alert, sealed by a sealer made
     * anew. Closes this epoch.
     *
     * @throws IllegalStateException unless {@link #leftNumberFree}
     */
    public WriteEpoch forLastAlert(SealingParameters parameters, SealerChain.Chosen chosen) {
        if (!leftNumberFree()) {
            throw new IllegalStateException("the number belongs to the record that failed");
        }
        close();
        return new WriteEpoch(parameters, chosen, Math.min(limit, sequence + 1), sequence, null);
    }

    /**
     * Seals a record whose content lies apart, with the standby if need be; otherwise as {@link
     * #seal}.
     */
    public int sealApart(
            int contentType,
            ByteBuffer src,
            int srcIndex,
            int length,
            int padding,
            ByteBuffer dst,
            int dstIndex)
            throws SealException {
        try {
            return seal(contentType, src, srcIndex, length, padding, dst, dstIndex);
        } catch (SealException e) {
            if (!fallBack(e)) {
                throw e;
            }
            return seal(contentType, src, srcIndex, length, padding, dst, dstIndex);
        }
    }

    /** Lets go of memory that only a record under way needs. */
    public void releaseBuffers() {
        sealer.releaseBuffers();
    }

    /** Wipes the keys. Twice does no harm. */
    @Override
    public void close() {
        closed = true;
        try {
            sealer.close();
        } finally {
            if (standby != null) {
                standby.close();
            }
        }
    }
}
