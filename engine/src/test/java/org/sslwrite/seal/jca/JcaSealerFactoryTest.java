package org.sslwrite.seal.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.ReferenceRecords;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.jca.FaultyProvider.Fault;

import java.nio.ByteBuffer;
import java.util.stream.Stream;

class JcaSealerFactoryTest {
    private static final SealingParameters GCM =
            new SealingParameters(TlsVersion.TLSV1_3, CipherSuite.TLS_AES_128_GCM_SHA256, false);
    private static final SealingParameters CBC =
            new SealingParameters(
                    TlsVersion.TLSV1_2, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, false);

    private static Stream<SealingParameters> parameters() {
        return RecordSealerContract.parameters();
    }

    /** In the middle of a connection, in the middle of a record. */
    @ParameterizedTest
    @MethodSource("parameters")
    void sealsTheSameRecordAgainAfterTheProviderFailed(SealingParameters parameters)
            throws Exception {
        FaultyProvider provider = new FaultyProvider(Fault.NONE);
        TrafficKeys keys = RecordSealerContract.keys(parameters, 1);
        ReferenceRecords reference =
                new ReferenceRecords(new BouncyCastleProvider(), parameters, keys);
        byte[] content = "the same plaintext".getBytes();
        try (RecordSealer sealer = new JcaSealerFactory(provider).create(parameters, keys)) {
            for (int sequence = 0; sequence < 3; sequence++) {
                provider.failNext();
                int number = sequence;
                SealException failed =
                        assertThrows(SealException.class, () -> seal(sealer, number, content));
                assertEquals(
                        "Faulty could not seal a " + parameters.suite() + " record: unplugged",
                        failed.getMessage());
                byte[] body = seal(sealer, sequence, content);
                assertArrayEquals(reference.seal(sequence, 23, content, 0, body), body);
            }
        }
    }

    private static byte[] seal(RecordSealer sealer, long sequence, byte[] content)
            throws SealException {
        ByteBuffer dst = ByteBuffer.allocate(sealer.bodyLength(content.length, 0));
        sealer.seal(sequence, 23, ByteBuffer.wrap(content), 0, content.length, 0, dst, 0);
        return dst.array();
    }

    @Test
    void refusesWhatTheProviderComputesWrongly() {
        JcaSealerFactory factory = new JcaSealerFactory(new FaultyProvider(Fault.WRONG_LAST_BYTE));
        String reason =
                "computes AES/GCM/NoPadding wrongly: not the output of"
                        + " test case 4 of the GCM specification by McGrew and Viega";
        assertEquals(reason, factory.reasonAgainst(GCM));
        SealException refused =
                assertThrows(
                        SealException.class,
                        () -> factory.create(GCM, RecordSealerContract.keys(GCM, 1)));
        assertEquals("Faulty cannot seal TLS_AES_128_GCM_SHA256: " + reason, refused.getMessage());
    }

    @Test
    void aMissingMacSpeaksAgainstItsSuitesOnly() {
        FaultyProvider poor = new FaultyProvider(Fault.NONE).without("Mac", "HmacSHA1");
        JcaSealerFactory factory = new JcaSealerFactory(poor);
        assertEquals("has no HmacSHA1", factory.reasonAgainst(CBC));
        assertNull(factory.reasonAgainst(GCM));
    }

    /** Conscrypt and the like throw an Error, not an exception, when their library is missing. */
    @Test
    void aMissingNativeLibraryIsAReason() {
        JcaSealerFactory factory =
                new JcaSealerFactory(new FaultyProvider(Fault.NO_NATIVE_LIBRARY));
        assertEquals("no faulty in java.library.path", factory.reasonAgainst(GCM));
    }
}
