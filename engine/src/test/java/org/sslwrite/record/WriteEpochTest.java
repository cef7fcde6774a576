package org.sslwrite.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.record.MockSealer.Asked;
import org.sslwrite.seal.SealException;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;

/** One counter a key; after a record that failed, nothing. */
@Timeout(60)
class WriteEpochTest {
    /** RFC 8446 section 5.5: 2^24.5 records. */
    private static final long AES_GCM_LIMIT = 23_726_566L;

    private final MockSealer sealer = new MockSealer();
    private final ByteBuffer src = ByteBuffer.wrap(new byte[] {9, 10, 11, 12});
    private final ByteBuffer dst = ByteBuffer.allocate(100);

    private int seal(WriteEpoch epoch, int type) throws SealException {
        return epoch.seal(type, src, 1, 2, 0, dst, 0);
    }

    @ParameterizedTest(name = "TLS 1.{0}, content type {1}")
    @CsvSource({"2, 21, 21", "2, 22, 22", "2, 23, 23", "3, 21, 23", "3, 22, 23", "3, 23, 23"})
    void headerAndBody(int version, int type, int outerType) throws SealException {
        WriteEpoch epoch = version == 2 ? sealer.tls12() : sealer.tls13();
        assertEquals(version == 3, epoch.isTls13());
        assertEquals(5 + 9 + 2, epoch.recordLength(2, 0));
        assertEquals(5 + 9 + 2 + 7, epoch.recordLength(2, 7));
        assertEquals(5 + 8, epoch.contentOffset());
        assertEquals(16, seal(epoch, type));
        String wanted =
                "%02x0303000b 0000000000000000 0a0b %02x"
                        .formatted(outerType, type)
                        .replace(" ", "");
        assertEquals(wanted, HexFormat.of().formatHex(dst.array(), 0, 16));
        assertEquals(0, src.position());
        assertEquals(4, src.limit());
        assertEquals(0, dst.position());
        assertEquals(100, dst.limit());
        assertEquals("mock", epoch.choice().engine());
    }

    @Test
    void longBodyHasALongLength() throws SealException {
        ByteBuffer large = ByteBuffer.allocate(20_000);
        assertEquals(5 + 9 + 16384, sealer.tls13().seal(23, large, 0, 16384, 0, large, 0));
        assertEquals("1703034009", HexFormat.of().formatHex(large.array(), 0, 5));
    }

    @Test
    void everyRecordHasTheNextNumberWhateverItsType() throws SealException {
        WriteEpoch epoch = sealer.tls13();
        int[] types = {22, 23, 23, 21, 22};
        for (int type : types) {
            seal(epoch, type);
        }
        assertEquals(
                LongStream.range(0, 5).boxed().toList(),
                sealer.asked().stream().map(Asked::sequence).toList());
        WriteEpoch next = new MockSealer().tls13();
        seal(next, 23);
        assertEquals(6, sealer.asked().size() + 1, "another epoch counts for itself");
    }

    static List<Exception> failures() {
        return List.of(
                new SealException("told to fail", null),
                new IllegalStateException("told to fail"),
                new IndexOutOfBoundsException("told to fail"));
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("failures")
    void afterAFailureNothingIsSealed(Exception failure) throws SealException {
        WriteEpoch epoch = sealer.tls13();
        seal(epoch, 23);
        sealer.failWith(failure);
        SealException thrown = assertThrows(SealException.class, () -> seal(epoch, 23));
        assertSame(failure, failure instanceof SealException ? thrown : thrown.getCause());
        sealer.failWith(null);
        for (int type : new int[] {23, 21, 22, 23}) {
            SealException refusal = assertThrows(SealException.class, () -> seal(epoch, type));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("an earlier record failed"),
                    refusal.getMessage());
        }
        assertEquals(2, sealer.asked().size(), "the engine is not asked again");
    }

    /** The record that failed would be missing, and nobody could tell. */
    @Test
    void noOtherRecordComesInThePlaceOfOneThatFailed() throws SealException {
        MockSealer second = new MockSealer();
        MockSealer third = new MockSealer();
        Iterator<MockSealer> next = List.of(second, third).iterator();
        WriteEpoch epoch =
                MockSealer.epoch(
                        sealer, CipherSuite.TLS_AES_128_GCM_SHA256, () -> next.next().chosen());
        sealer.failWith(new SealException("lost", null, false));
        second.failWith(new SealException("lost again", null, false));
        ByteBuffer memory = ByteBuffer.allocate(100);
        for (int type : new int[] {23, 22, 21}) {
            assertThrows(
                    SealException.class, () -> epoch.sealApart(type, memory, 0, 2, 0, memory, 10));
        }
        assertEquals(List.of(), third.asked());
        assertTrue(epoch.leftNumberFree(), "for an alert that ends the connection");
    }

    /** The number is the record's still; whoever has begun with it is not asked again. */
    @ParameterizedTest
    @CsvSource({"false, true, true", "true, true, false", "false, false, false"})
    void anEngineThatHadNotBegunIsGivenTheKeyAgain(boolean begun, boolean isWell, boolean sealed)
            throws SealException {
        MockSealer second = new MockSealer();
        WriteEpoch epoch =
                MockSealer.epoch(sealer, CipherSuite.TLS_AES_128_GCM_SHA256, second::chosen);
        seal(epoch, 23);
        sealer.failWith(new SealException("lost", null, begun));
        second.failWith(isWell ? null : new SealException("lost again", null, begun));
        ByteBuffer memory = ByteBuffer.allocate(100);
        if (sealed) {
            epoch.sealApart(23, memory, 0, 1, 0, memory, 10);
        } else {
            assertThrows(
                    SealException.class, () -> epoch.sealApart(23, memory, 0, 1, 0, memory, 10));
        }
        assertEquals(2, sealer.asked().size());
        List<Asked> again = begun ? List.of() : List.of(new Asked(1, 23, 1));
        assertEquals(again, second.asked());
        assertEquals(sealed, !epoch.leftNumberFree() && !begun);
    }

    @Test
    void closedEpochSealsNothing() throws SealException {
        WriteEpoch epoch = sealer.tls13();
        seal(epoch, 23);
        epoch.close();
        epoch.close();
        SealException refusal = assertThrows(SealException.class, () -> seal(epoch, 21));
        assertTrue(
                String.valueOf(refusal.getMessage()).contains("it is wiped"), refusal.getMessage());
        assertEquals(1, sealer.asked().size());
        assertTrue(sealer.closes() >= 1);
    }

    @Tag("K3")
    @Tag("K4")
    @ParameterizedTest
    @EnumSource(names = {"TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"})
    void aesGcmStopsAtItsLimit(CipherSuite suite) throws SealException {
        MockSealer quick = new MockSealer(false);
        WriteEpoch epoch = MockSealer.epoch(quick, suite);
        ByteBuffer empty = ByteBuffer.allocate(0);
        for (long i = 0; i < AES_GCM_LIMIT - 1024; i++) {
            assert !epoch.isExhausted();
            epoch.seal(23, empty, 0, 0, 0, dst, 0);
        }
        assertTrue(epoch.isExhausted(), "a reserve is left for KeyUpdate and alerts");
        for (int i = 0; i < 1024; i++) {
            epoch.seal(22, empty, 0, 0, 0, dst, 0);
        }
        for (int type : new int[] {21, 22, 23}) {
            SealException refusal =
                    assertThrows(
                            SealException.class, () -> epoch.seal(type, empty, 0, 0, 0, dst, 0));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("its limit is reached"),
                    refusal.getMessage());
        }
    }

    @Tag("K3")
    @ParameterizedTest
    @EnumSource
    void onlyAesGcmHasALimitInReach(CipherSuite suite) throws SealException {
        boolean gcm =
                suite.bulkCipher() == BulkCipher.AES_128_GCM
                        || suite.bulkCipher() == BulkCipher.AES_256_GCM;
        if (gcm) {
            return;
        }
        WriteEpoch epoch = MockSealer.epoch(new MockSealer(false), suite);
        for (int i = 0; i < 100_000; i++) {
            epoch.seal(23, src, 0, 0, 0, dst, 0);
        }
        assertFalse(epoch.isExhausted());
    }
}
