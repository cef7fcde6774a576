package org.sslwrite.handshake;

import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.sslwrite.seal.BulkCipher;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TlsVersion;
import org.sslwrite.seal.TrafficKeys;

import java.io.IOException;
import java.util.Arrays;

/** Derives the keys of our writing direction from the secrets of the handshake. */
final class EpochKeys {
    private static final byte[] NO_CONTEXT = new byte[0];

    private EpochKeys() {}

    /**
     * RFC 5246 section 6.3: the key block is cut into MAC keys, cipher keys and fixed IVs, the
     * client's first in each pair.
     */
    static TrafficKeys tls12(TlsCryptoParameters context, SealingParameters parameters) {
        BulkCipher bulk = parameters.suite().bulkCipher();
        int macLength = parameters.suite().mac().length();
        int keyLength = bulk.keyLength();
        int ivLength = bulk.fixedIvLength(TlsVersion.TLSV1_2);
        byte[] block =
                TlsImplUtils.calculateKeyBlock(context, 2 * (macLength + keyLength + ivLength));
        int own = context.isServer() ? 1 : 0;
        int keysAt = 2 * macLength;
        int ivsAt = keysAt + 2 * keyLength;
        TrafficKeys keys =
                new TrafficKeys(
                        slice(block, keysAt + own * keyLength, keyLength),
                        slice(block, ivsAt + own * ivLength, ivLength),
                        slice(block, own * macLength, macLength));
        Arrays.fill(block, (byte) 0);
        return keys;
    }

    /** RFC 8446 section 7.3. */
    static TrafficKeys tls13(
            SecurityParameters secrets, boolean server, SealingParameters parameters)
            throws IOException {
        BulkCipher bulk = parameters.suite().bulkCipher();
        TlsSecret secret =
                server ? secrets.getTrafficSecretServer() : secrets.getTrafficSecretClient();
        int hash = secrets.getPRFCryptoHashAlgorithm();
        return new TrafficKeys(
                expand(secret, hash, "key", bulk.keyLength()),
                expand(secret, hash, "iv", bulk.fixedIvLength(TlsVersion.TLSV1_3)),
                new byte[0]);
    }

    private static byte[] expand(TlsSecret secret, int hash, String label, int length)
            throws IOException {
        return TlsCryptoUtils.hkdfExpandLabel(secret, hash, label, NO_CONTEXT, length).extract();
    }

    private static byte[] slice(byte[] block, int from, int length) {
        return Arrays.copyOfRange(block, from, from + length);
    }
}
