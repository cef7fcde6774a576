package org.sslwrite.bench.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

import javax.crypto.AEADBadTagException;

/** An engine that seals wrong bytes is found out before it is measured. */
class WrongBytesTest {
    private static final int SIZE = 20_000;

    @Test
    void flippedBitInARecordIsRefused() throws AbsentException, IOException {
        try (Engine engine = Engines.open(EngineName.SUNJCE, null);
                Connection honest = engine.connect(CipherSuite.TLS_AES_128_GCM_SHA256, true)) {
            Connection connection =
                    new Connection(
                            new Changing(honest.writer(), Change.OF_RECORD), honest.client());
            Exception e = assertThrows(Exception.class, () -> connection.check(source()));
            assertTrue(Connection.isWrongRecord(e), e::toString);
        }
    }

    @Test
    void otherPlaintextIsRefused() throws AbsentException, IOException {
        try (Engine engine = Engines.open(EngineName.SUNJCE, null);
                Connection honest = engine.connect(CipherSuite.TLS_AES_128_GCM_SHA256, true)) {
            Connection connection =
                    new Connection(
                            new Changing(honest.writer(), Change.OF_PLAINTEXT), honest.client());
            Exception e = assertThrows(Exception.class, () -> connection.check(source()));
            assertTrue(Connection.isWrongRecord(e), e::toString);
        }
    }

    @Test
    void wrongFinishedIsAWrongRecord() {
        Exception handshake = new IOException("handshake", new AEADBadTagException("Tag mismatch"));
        assertTrue(Connection.isWrongRecord(AbsentException.because(handshake)));
        Exception alert = new IOException(new TlsFatalAlert(AlertDescription.bad_record_mac));
        assertTrue(Connection.isWrongRecord(alert));
        Exception outer = new IllegalStateException("outer");
        outer.addSuppressed(handshake);
        assertTrue(Connection.isWrongRecord(outer));
        assertFalse(Connection.isWrongRecord(new IOException("cannot connect")));
        Exception endless = new IOException("a");
        endless.addSuppressed(new IOException("b", endless));
        assertFalse(Connection.isWrongRecord(endless));
    }

    /** A suite of each kind of record. */
    private enum Kind {
        TLS13_GCM(CipherSuite.TLS_AES_128_GCM_SHA256),
        TLS13_CHACHA(CipherSuite.TLS_CHACHA20_POLY1305_SHA256),
        TLS12_GCM(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
        TLS12_CHACHA(CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
        TLS12_CBC(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA),
        TLS12_CBC_SHA384(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384);

        private final CipherSuite suite;

        Kind(CipherSuite suite) {
            this.suite = suite;
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void flippedBitOfASealerIsFound(Kind kind)
            throws AbsentException, SealException, WrongBytesException {
        try (Engine honest = Engines.open(EngineName.SUNJCE, null);
                SealerLoop right = new SealerLoop(honest, kind.suite, source());
                SealerLoop wrong = new SealerLoop(new Lying(honest), kind.suite, source())) {
            right.check();
            right.seal();
            right.check();
            assertThrows(WrongBytesException.class, wrong::check);
        }
    }

    private static ByteBuffer source() {
        ByteBuffer src = ByteBuffer.allocateDirect(SIZE);
        for (int i = 0; i < SIZE; i++) {
            src.put(i, (byte) i);
        }
        return src;
    }

    private enum Change {
        OF_RECORD,
        OF_PLAINTEXT
    }

    /** A mock: no engine at hand seals wrong bytes. */
    private record Changing(TlsWriter honest, Change change) implements TlsWriter {
        @Override
        public void write(ByteBuffer src) throws IOException {
            if (change == Change.OF_PLAINTEXT) {
                src.put(SIZE / 2, (byte) ~src.get(SIZE / 2));
            }
            honest.write(src);
            if (change == Change.OF_PLAINTEXT) {
                src.put(SIZE / 2, (byte) ~src.get(SIZE / 2));
            }
        }

        @Override
        public void into(WritableByteChannel channel) {
            honest.into(change == Change.OF_RECORD ? new Flipping(channel) : channel);
        }

        @Override
        public void close() {
            honest.close();
        }
    }

    private record Flipping(WritableByteChannel next) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer sealed) throws IOException {
            ByteBuffer copy = ByteBuffer.allocate(sealed.remaining()).put(sealed).flip();
            int last = copy.limit() - 1;
            copy.put(last, (byte) (copy.get(last) ^ 1));
            return next.write(copy);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** A mock, for the same reason. */
    private record Lying(Engine honest) implements Engine {
        @Override
        public Connection connect(CipherSuite suite, boolean direct) throws AbsentException {
            return honest.connect(suite, direct);
        }

        @Override
        public RecordSealer sealer(SealingParameters parameters, TrafficKeys keys)
                throws AbsentException {
            return new LyingSealer(honest.sealer(parameters, keys));
        }

        @Override
        public void close() {}
    }

    private record LyingSealer(RecordSealer honest) implements RecordSealer {
        @Override
        public String engine() {
            return honest.engine();
        }

        @Override
        public int plaintextOffset() {
            return honest.plaintextOffset();
        }

        @Override
        public int bodyLength(int contentLength, int padding) {
            return honest.bodyLength(contentLength, padding);
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
            int n =
                    honest.seal(
                            sequence, contentType, src, srcIndex, length, padding, dst, dstIndex);
            int middle = dstIndex + n / 2;
            dst.put(middle, (byte) (dst.get(middle) ^ 0x10));
            return n;
        }

        @Override
        public void close() {
            honest.close();
        }
    }
}
