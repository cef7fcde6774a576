package org.sslwrite.seal.jca;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.seal.ReferenceRecords;
import org.sslwrite.seal.Rfc8448;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The reference implementation against published records, so that the sealers and their reference
 * cannot agree on the same mistake. That the sealers give these records too is part of the
 * contract, {@code RecordSealerContract}.
 */
class Rfc8448RecordsTest {
    private static Stream<Arguments> rows() {
        return Stream.of(Security.getProvider("SunJCE"), new BouncyCastleProvider())
                .flatMap(
                        provider ->
                                Rfc8448.RECORDS.stream()
                                        .map(record -> Arguments.of(provider, record)));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theReferenceSealsAndOpensIt(Provider provider, Rfc8448.Published published)
            throws Exception {
        byte[] record = published.recordBytes();
        byte[] body = Arrays.copyOfRange(record, 5, record.length);
        byte[] payload = published.payloadBytes();
        ReferenceRecords reference =
                new ReferenceRecords(provider, Rfc8448.PARAMETERS, published.keys());

        assertArrayEquals(
                body,
                reference.seal(published.sequence(), published.contentType(), payload, 0, body));

        ReferenceRecords.Opened opened = reference.open(published.sequence(), record[0], body);
        assertEquals(published.contentType(), opened.contentType());
        assertArrayEquals(payload, opened.content());
        assertEquals(0, opened.padding());
    }
}
