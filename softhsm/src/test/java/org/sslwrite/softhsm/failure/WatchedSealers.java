package org.sslwrite.softhsm.failure;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The sealers of a real token, watched from the engine's side, where SunPKCS11 can be watched too:
 * lets something happen just before a record, and enters every record into a ledger that the token
 * may have begun to encrypt.
 */
final class WatchedSealers implements SealerFactory {
    private final SealerFactory token;
    private final NonceLedger ledger;
    private int recordsToPass;
    private @Nullable Runnable event;

    WatchedSealers(SealerFactory token, NonceLedger ledger) {
        this.token = token;
        this.ledger = ledger;
    }

    /**
     * Lets something happen once.
     *
     * @param record just before which record, counted from now; 1 is the next
     */
    synchronized void before(int record, Runnable happening) {
        recordsToPass = record - 1;
        event = happening;
    }

    private void recordIsDue() {
        Runnable due = null;
        synchronized (this) {
            if (event != null && recordsToPass-- == 0) {
                due = event;
                event = null;
            }
        }
        if (due != null) {
            due.run();
        }
    }

    @Override
    public String engine() {
        return token.engine();
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        return token.reasonAgainst(parameters);
    }

    @Override
    public void requireAvailable() throws SealException {
        token.requireAvailable();
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        byte[] key = keys.cipherKey().clone();
        byte[] iv = keys.fixedIv().clone();
        return new Watched(token.create(parameters, keys), parameters, key, iv);
    }

    private final class Watched implements RecordSealer {
        private final RecordSealer sealer;
        private final SealingParameters parameters;
        private final byte[] key;
        private final byte[] iv;

        Watched(RecordSealer sealer, SealingParameters parameters, byte[] key, byte[] iv) {
            this.sealer = sealer;
            this.parameters = parameters;
            this.key = key;
            this.iv = iv;
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
            recordIsDue();
            byte[] plaintext = new byte[length];
            src.get(srcIndex, plaintext);
            boolean begun = true;
            try {
                return sealer.seal(
                        sequence, contentType, src, srcIndex, length, padding, dst, dstIndex);
            } catch (SealException e) {
                begun = e.begun();
                throw e;
            } finally {
                if (begun && parameters.suite().bulkCipher().isAead()) {
                    ledger.add(
                            key,
                            nonce(sequence),
                            NonceLedger.UNKNOWN_AAD,
                            inner(plaintext, contentType, padding));
                }
            }
        }

        private byte[] inner(byte[] content, int contentType, int padding) {
            if (parameters.version() == TlsVersion.TLSV1_2) {
                return content;
            }
            byte[] inner = Arrays.copyOf(content, content.length + 1 + padding);
            inner[content.length] = (byte) contentType;
            return inner;
        }

        /** RFC 8446 section 5.3, RFC 7905; RFC 5288 for a fixed IV of four bytes. */
        private byte[] nonce(long sequence) {
            ByteBuffer nonce = ByteBuffer.allocate(12).put(0, iv);
            return nonce.putLong(4, nonce.getLong(4) ^ sequence).array();
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
        public void releaseBuffers() {
            sealer.releaseBuffers();
        }

        @Override
        public void close() {
            sealer.close();
        }
    }
}
