package org.sslwrite.kit;

import org.bouncycastle.tls.TlsHandshakeHash;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.crypto.TlsHash;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.util.Arrays;

/**
 * The hash of a handshake, one message late: Bouncy Castle hashes a message before it writes it,
 * and what is written may be another. No method of it that can be overridden comes earlier.
 */
final class Transcript implements TlsHandshakeHash {
    private final TlsHandshakeHash hash;
    private byte[] last = {};

    private Transcript(TlsHandshakeHash hash) {
        this.hash = hash;
    }

    /** Takes the place of a protocol's own hash. */
    static Transcript of(TlsProtocol protocol) {
        try {
            Field field = TlsProtocol.class.getDeclaredField("handshakeHash");
            field.setAccessible(true);
            Transcript transcript = new Transcript((TlsHandshakeHash) field.get(protocol));
            field.set(protocol, transcript);
            return transcript;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Hashes another message in the place of the last, if that one counts at all. */
    void replaceLast(byte[] message, byte[] other) {
        if (Arrays.equals(last, message)) {
            last = other;
        }
    }

    private TlsHandshakeHash whole() {
        hash.update(last, 0, last.length);
        last = new byte[0];
        return hash;
    }

    @Override
    public void update(byte[] input, int offset, int length) {
        whole();
        last = Arrays.copyOfRange(input, offset, offset + length);
    }

    @Override
    public void copyBufferTo(OutputStream output) throws IOException {
        whole().copyBufferTo(output);
    }

    @Override
    public void forceBuffering() {
        whole().forceBuffering();
    }

    @Override
    public void notifyPRFDetermined() {
        whole().notifyPRFDetermined();
    }

    @Override
    public void trackHashAlgorithm(int algorithm) {
        whole().trackHashAlgorithm(algorithm);
    }

    @Override
    public void sealHashAlgorithms() {
        whole().sealHashAlgorithms();
    }

    @Override
    public void stopTracking() {
        whole().stopTracking();
    }

    @Override
    public TlsHash forkPRFHash() {
        return whole().forkPRFHash();
    }

    @Override
    public byte[] getFinalHash(int algorithm) {
        return whole().getFinalHash(algorithm);
    }

    @Override
    public byte[] calculateHash() {
        return whole().calculateHash();
    }

    @Override
    public TlsHash cloneHash() {
        return whole().cloneHash();
    }

    @Override
    public void reset() {
        last = new byte[0];
        hash.reset();
    }
}
