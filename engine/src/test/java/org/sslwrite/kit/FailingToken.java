package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.jca.JcaSealerFactory;

import java.nio.ByteBuffer;
import java.security.Security;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * A mock of a token, because no real one fails at the record one asks for: seals with SunJCE until
 * then, and spoils the output when it fails. Keeps a ledger: under one key no sequence number may
 * meet a second plaintext.
 */
public final class FailingToken implements SealerFactory {
    private final SealerFactory engine = new JcaSealerFactory(Security.getProvider("SunJCE"));
    private final Set<String> keys = new HashSet<>();
    private final Map<String, String> ledger = new HashMap<>();
    private int recordsLeft = Integer.MAX_VALUE;
    private int failures;
    private int failuresLeft = Integer.MAX_VALUE;
    private int maxContentLength = 16384;
    private boolean begins = true;
    private boolean unreachable;
    private @Nullable Throwable thrown;

    /** Seals this many records more, and no other after them. */
    public void failAfter(int records) {
        recordsLeft = records;
    }

    /** Fails so many times, and is well again. */
    public void failTimes(int times) {
        failuresLeft = times;
    }

    /** Says that it had not begun when it failed, and does not look at the plaintext. */
    public void failBeforeItBegins() {
        begins = false;
    }

    /** Takes no record with more content. */
    public void limitContent(int bytes) {
        maxContentLength = bytes;
    }

    /** Whether it takes no new keys. */
    public void setUnreachable(boolean gone) {
        unreachable = gone;
    }

    /** Throws this, a RuntimeException or an Error, where it should say that it failed. */
    public void throwInstead(Throwable unexpected) {
        thrown = unexpected;
    }

    /** Every key that it was given, in hexadecimal. */
    public Set<String> keys() {
        return Set.copyOf(keys);
    }

    /** How many records it was asked for and failed at. */
    public int failures() {
        return failures;
    }

    @Override
    public String engine() {
        return "mock token";
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        return engine.reasonAgainst(parameters);
    }

    @Override
    public void requireAvailable() throws SealException {
        if (unreachable) {
            throw new SealException("mock token: C_OpenSession: CKR_TOKEN_NOT_PRESENT", null);
        }
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys trafficKeys)
            throws SealException {
        requireAvailable();
        String key = HexFormat.of().formatHex(trafficKeys.cipherKey());
        keys.add(key);
        return new Sealer(engine.create(parameters, trafficKeys), key);
    }

    private final class Sealer implements RecordSealer {
        private final RecordSealer inner;
        private final String key;

        Sealer(RecordSealer inner, String key) {
            this.inner = inner;
            this.key = key;
        }

        @Override
        public String engine() {
            return "mock token";
        }

        @Override
        public int plaintextOffset() {
            return inner.plaintextOffset();
        }

        @Override
        public int maxContentLength() {
            return maxContentLength;
        }

        @Override
        public int bodyLength(int contentLength, int padding) {
            return inner.bodyLength(contentLength, padding);
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
            assertTrue(length <= maxContentLength, () -> length + " bytes of content");
            boolean fails = recordsLeft == 0 && failuresLeft > 0;
            if (fails && !begins) {
                failures++;
                failuresLeft--;
                throw new SealException(
                        "mock token could not seal a record: C_EncryptInit: CKR_DEVICE_ERROR",
                        null,
                        false);
            }
            byte[] content = new byte[length];
            src.get(srcIndex, content);
            String plaintext = contentType + ":" + Arrays.hashCode(content);
            String before = ledger.putIfAbsent(key + "/" + sequence, plaintext);
            if (before != null) {
                assertEquals(before, plaintext, "two plaintexts under one nonce");
            }
            if (fails) {
                failures++;
                failuresLeft--;
                for (int i = 0; i < bodyLength(length, padding); i++) {
                    dst.put(dstIndex + i, (byte) 0x5A);
                }
                if (thrown instanceof RuntimeException e) {
                    throw e;
                }
                if (thrown instanceof Error e) {
                    throw e;
                }
                throw new SealException(
                        "mock token could not seal a record: C_Encrypt: CKR_DEVICE_ERROR", null);
            }
            recordsLeft = Math.max(0, recordsLeft - 1);
            return inner.seal(sequence, contentType, src, srcIndex, length, padding, dst, dstIndex);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
