package org.sslwrite.bench.engine;

import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.ContentType;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The sealer alone: records under numbers that count up, sealed to direct memory behind the place
 * of their headers, and thrown away. Of one thread.
 */
public final class SealerLoop implements AutoCloseable {
    private static final int HEADER = 5;
    private final RecordSealer sealer;
    private final RecordOpener opener;
    private final int fragment;
    private final ByteBuffer src;
    private final ByteBuffer dst;
    private long sequence;

    /**
     * Makes the sealer, with keys of its own.
     *
     * @param src of which all bytes are sealed each time
     */
    public SealerLoop(Engine engine, CipherSuite suite, ByteBuffer src) throws AbsentException {
        SealingParameters parameters = new SealingParameters(suite.version(), suite, false);
        try (TrafficKeys keys = keys(parameters)) {
            sealer = engine.sealer(parameters, keys);
            opener = new RecordOpener(parameters, keys, sealer.engine());
        }
        this.src = src;
        this.fragment = sealer.maxContentLength();
        int records = Math.ceilDiv(src.capacity(), fragment);
        int overhead = sealer.bodyLength(fragment, 0) - fragment;
        this.dst = ByteBuffer.allocateDirect(src.capacity() + records * (HEADER + overhead));
    }

    private static TrafficKeys keys(SealingParameters parameters) {
        BulkCipher bulk = parameters.suite().bulkCipher();
        return new TrafficKeys(
                random(bulk.keyLength()),
                random(bulk.fixedIvLength(parameters.version())),
                random(parameters.suite().mac().length()));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** Seals the whole source; returns the bytes that it has become. */
    public int seal() throws SealException {
        int size = src.capacity();
        int at = 0;
        for (int from = 0; from < size; from += fragment) {
            int length = Math.min(fragment, size - from);
            at += HEADER;
            at +=
                    sealer.seal(
                            sequence++,
                            ContentType.APPLICATION_DATA,
                            src,
                            from,
                            length,
                            0,
                            dst,
                            at);
        }
        return at;
    }

    /**
     * Seals once, and opens each record with another provider.
     *
     * @throws WrongBytesException if that does not give the source
     */
    public void check() throws WrongBytesException, SealException {
        long first = sequence;
        seal();
        byte[] wanted = new byte[src.capacity()];
        src.get(0, wanted);
        int at = 0;
        for (int from = 0; from < wanted.length; from += fragment) {
            int to = Math.min(from + fragment, wanted.length);
            at += HEADER;
            byte[] body = new byte[sealer.bodyLength(to - from, 0)];
            dst.get(at, body);
            at += body.length;
            requireContent(Arrays.copyOfRange(wanted, from, to), first++, body);
        }
    }

    private void requireContent(byte[] wanted, long number, byte[] body)
            throws WrongBytesException {
        String what = "%s, record %d of %d bytes".formatted(sealer.engine(), number, wanted.length);
        try {
            if (!Arrays.equals(wanted, opener.open(number, body))) {
                throw new WrongBytesException(what + ": other bytes came out of it");
            }
        } catch (GeneralSecurityException e) {
            throw new WrongBytesException(what + ": cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        sealer.close();
    }
}
