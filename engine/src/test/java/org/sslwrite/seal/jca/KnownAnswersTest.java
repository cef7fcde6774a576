package org.sslwrite.seal.jca;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.MacAlgorithm;
import org.sslwrite.seal.jca.FaultyProvider.Fault;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.Map;
import java.util.stream.Stream;

class KnownAnswersTest {
    private static Stream<Provider> sound() {
        return Stream.of(
                Security.getProvider("SunJCE"),
                new BouncyCastleProvider(),
                new FaultyProvider(Fault.NONE));
    }

    private static Stream<Arguments> soundCiphers() {
        return sound().flatMap(p -> Stream.of(BulkCipher.values()).map(c -> Arguments.of(p, c)));
    }

    private static Stream<Arguments> soundMacs() {
        return sound().flatMap(
                        provider ->
                                Stream.of(MacAlgorithm.values())
                                        .filter(mac -> mac != MacAlgorithm.AEAD)
                                        .map(mac -> Arguments.of(provider, mac)));
    }

    @ParameterizedTest
    @MethodSource("soundCiphers")
    void acceptsASoundCipher(Provider provider, BulkCipher cipher) {
        assertDoesNotThrow(() -> KnownAnswers.check(provider, cipher));
    }

    @ParameterizedTest
    @MethodSource("soundMacs")
    void acceptsASoundMac(Provider provider, MacAlgorithm mac) {
        assertDoesNotThrow(() -> KnownAnswers.check(provider, mac));
    }

    private static final Map<Enum<?>, String> SOURCES =
            Map.of(
                    BulkCipher.AES_128_GCM,
                    "test case 4 of the GCM specification by McGrew and Viega",
                    BulkCipher.AES_256_GCM,
                    "test case 16 of the GCM specification by McGrew and Viega",
                    BulkCipher.CHACHA20_POLY1305,
                    "RFC 8439 section 2.8.2",
                    BulkCipher.AES_128_CBC,
                    "NIST SP 800-38A section F.2.1",
                    BulkCipher.AES_256_CBC,
                    "NIST SP 800-38A section F.2.5",
                    MacAlgorithm.HMAC_SHA1,
                    "test case 1 of RFC 2202 section 3",
                    MacAlgorithm.HMAC_SHA256,
                    "test case 1 of RFC 4231",
                    MacAlgorithm.HMAC_SHA384,
                    "test case 1 of RFC 4231");

    @ParameterizedTest
    @CsvSource(
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    fault,                 cipher,            complaint
                    WRONG_FIRST_BYTE,      AES_128_GCM,       not the output
                    WRONG_LAST_BYTE,       AES_128_GCM,       not the output
                    APPENDS_IV,            AES_128_GCM,       88 bytes instead of the 76
                    DROPS_DATA,            AES_128_GCM,       32 bytes instead of the 76
                    FORGETS_AAD,           AES_256_GCM,       not the output
                    WRONG_WHEN_USED_AGAIN, AES_256_GCM,       not the output
                    WRONG_LAST_BYTE,       CHACHA20_POLY1305, not the output
                    APPENDS_IV,            CHACHA20_POLY1305, 142 bytes instead of the 130
                    FORGETS_AAD,           CHACHA20_POLY1305, not the output
                    WRONG_LAST_BYTE,       AES_128_CBC,       not the output
                    APPENDS_IV,            AES_128_CBC,       80 bytes instead of the 64
                    DROPS_DATA,            AES_256_CBC,       16 bytes instead of the 64
                    WRONG_WHEN_USED_AGAIN, AES_256_CBC,       not the output
                    """)
    void refusesAFaultyCipher(Fault fault, BulkCipher cipher, String complaint) {
        Provider faulty = new FaultyProvider(fault);
        String name = JcaSealerFactory.transformation(cipher);
        assertEquals(
                "computes " + name + " wrongly: " + complaint + " of " + SOURCES.get(cipher),
                reasonAgainst(() -> KnownAnswers.check(faulty, cipher)));
    }

    @ParameterizedTest
    @CsvSource(
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    fault,                 mac,         complaint
                    WRONG_FIRST_BYTE,      HMAC_SHA1,   not the MAC
                    WRONG_LAST_BYTE,       HMAC_SHA256, not the MAC
                    APPENDS_IV,            HMAC_SHA256, 31 bytes instead of the 32
                    DROPS_DATA,            HMAC_SHA384, not the MAC
                    WRONG_WHEN_USED_AGAIN, HMAC_SHA384, not the MAC
                    """)
    void refusesAFaultyMac(Fault fault, MacAlgorithm mac, String complaint) {
        Provider faulty = new FaultyProvider(fault);
        assertEquals(
                "computes " + mac.jcaName() + " wrongly: " + complaint + " of " + SOURCES.get(mac),
                reasonAgainst(() -> KnownAnswers.check(faulty, mac)));
    }

    @Test
    void saysWhatTheProviderSaid() {
        Provider strict = new FaultyProvider(Fault.REFUSES_KEYS);
        assertEquals(
                "fails at AES/CBC/NoPadding: illegal key size",
                reasonAgainst(() -> KnownAnswers.check(strict, BulkCipher.AES_256_CBC)));
        assertEquals(
                "fails at HmacSHA1: illegal key size",
                reasonAgainst(() -> KnownAnswers.check(strict, MacAlgorithm.HMAC_SHA1)));
    }

    /** Additional data aside, which CBC has none of, every fault shows in every cipher. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"NONE", "NO_NATIVE_LIBRARY"})
    void noticesEveryFaultInEveryCipher(Fault fault) {
        Provider faulty = new FaultyProvider(fault);
        for (BulkCipher cipher : BulkCipher.values()) {
            if (cipher.isAead() || fault != Fault.FORGETS_AAD) {
                assertThrows(
                        GeneralSecurityException.class,
                        () -> KnownAnswers.check(faulty, cipher),
                        cipher.name());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BulkCipher.class)
    void saysWhichCipherIsMissing(BulkCipher cipher) {
        String name = JcaSealerFactory.transformation(cipher);
        Provider poor = new FaultyProvider(Fault.NONE).without("Cipher", name);
        assertEquals("has no " + name, reasonAgainst(() -> KnownAnswers.check(poor, cipher)));
    }

    @ParameterizedTest
    @EnumSource(value = MacAlgorithm.class, mode = Mode.EXCLUDE, names = "AEAD")
    void saysWhichMacIsMissing(MacAlgorithm mac) {
        Provider poor = new FaultyProvider(Fault.NONE).without("Mac", mac.jcaName());
        assertEquals("has no " + mac.jcaName(), reasonAgainst(() -> KnownAnswers.check(poor, mac)));
    }

    private interface Check {
        void run() throws GeneralSecurityException;
    }

    private static String reasonAgainst(Check check) {
        return assertThrows(GeneralSecurityException.class, check::run).getMessage();
    }
}
