package org.sslwrite.seal;

import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;

import java.util.Arrays;

/**
 * The secrets of one direction of one key epoch, as bytes: cipher key, fixed IV, MAC key.
 *
 * <p>The arrays are owned by this object and wiped by {@link #close()}; a sealer that needs them
 * longer copies them and wipes its copy. Never printed.
 */
public final class TrafficKeys implements AutoCloseable {
    private final byte[] cipherKey;
    private final byte[] fixedIv;
    private final byte[] macKey;

    /** Takes ownership of the three arrays; {@code macKey} is empty for an AEAD. */
    public TrafficKeys(byte[] cipherKey, byte[] fixedIv, byte[] macKey) {
        this.cipherKey = cipherKey;
        this.fixedIv = fixedIv;
        this.macKey = macKey;
    }

    /** The cipher key itself, not a copy. */
    public byte[] cipherKey() {
        return cipherKey;
    }

    /** The part of the nonce that comes from the key schedule, not a copy; empty for CBC. */
    public byte[] fixedIv() {
        return fixedIv;
    }

    /** The MAC key itself, not a copy; empty for an AEAD. */
    public byte[] macKey() {
        return macKey;
    }

    /**
     * Refuses keys of another length than the suite's. An AES cipher takes any AES key: AES-128
     * would seal where AES-256 was negotiated.
     *
     * @throws IllegalArgumentException if one has another
     */
    public void requireLengthsFor(SealingParameters parameters) {
        CipherSuite suite = parameters.suite();
        BulkCipher bulk = suite.bulkCipher();
        requireLength(suite, "cipher key", cipherKey, bulk.keyLength());
        requireLength(suite, "fixed IV", fixedIv, bulk.fixedIvLength(parameters.version()));
        requireLength(suite, "MAC key", macKey, suite.mac().length());
    }

    private static void requireLength(CipherSuite suite, String what, byte[] key, int wanted) {
        if (key.length != wanted) {
            throw new IllegalArgumentException(
                    "%s wants a %s of %d bytes, not %d".formatted(suite, what, wanted, key.length));
        }
    }

    /** Overwrites all three with zeros. */
    @Override
    public void close() {
        Arrays.fill(cipherKey, (byte) 0);
        Arrays.fill(fixedIv, (byte) 0);
        Arrays.fill(macKey, (byte) 0);
    }

    /** Says nothing of the keys. */
    @Override
    public String toString() {
        return "TrafficKeys[" + cipherKey.length * 8 + " bit]";
    }
}
