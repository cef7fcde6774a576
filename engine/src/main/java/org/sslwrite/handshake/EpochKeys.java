package org.sslwrite.handshake;

import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.util.Arrays;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.io.IOException;

/** Derives the keys of our writing direction from the secrets of the handshake. */
final class EpochKeys {
    private static final byte[] NO_CONTEXT = new byte[0];

    private EpochKeys() {}

    /**
     * What the keys of TLS 1.2 are cut from; to be destroyed.
     *
     * <p>RFC 5246 section 6.3: the key block holds MAC keys, cipher keys and fixed IVs, the
     * client's first in each pair.
     */
    static TlsSecret keyBlock(SecurityParameters secrets, SealingParameters parameters) {
        byte[] seed = Arrays.concatenate(secrets.getServerRandom(), secrets.getClientRandom());
        return TlsUtils.PRF(
                secrets,
                secrets.getMasterSecret(),
                ExporterLabel.key_expansion,
                seed,
                2 * (macLength(parameters) + keyLength(parameters) + ivLength(parameters)));
    }

    /** Cuts our keys of TLS 1.2 from the key block, which is destroyed by that. */
    static TrafficKeys tls12(TlsSecret keyBlock, boolean server, SealingParameters parameters) {
        int macLength = macLength(parameters);
        int keyLength = keyLength(parameters);
        int ivLength = ivLength(parameters);
        byte[] block = keyBlock.extract();
        int own = server ? 1 : 0;
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

    private static int macLength(SealingParameters parameters) {
        return parameters.suite().mac().length();
    }

    private static int keyLength(SealingParameters parameters) {
        return parameters.suite().bulkCipher().keyLength();
    }

    private static int ivLength(SealingParameters parameters) {
        return parameters.suite().bulkCipher().fixedIvLength(parameters.version());
    }

    /** RFC 8446 section 7.3. */
    static TrafficKeys tls13(
            SecurityParameters secrets, boolean server, SealingParameters parameters)
            throws IOException {
        TlsSecret secret =
                server ? secrets.getTrafficSecretServer() : secrets.getTrafficSecretClient();
        int hash = secrets.getPRFCryptoHashAlgorithm();
        return new TrafficKeys(
                expand(secret, hash, "key", keyLength(parameters)),
                expand(secret, hash, "iv", ivLength(parameters)),
                new byte[0]);
    }

    private static byte[] expand(TlsSecret secret, int hash, String label, int length)
            throws IOException {
        return TlsCryptoUtils.hkdfExpandLabel(secret, hash, label, NO_CONTEXT, length).extract();
    }

    private static byte[] slice(byte[] block, int from, int length) {
        return java.util.Arrays.copyOfRange(block, from, from + length);
    }
}
