package org.sslwrite.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.probe.Finding.Verdict;
import org.sslwrite.probe.MockCryptoki.Vice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The vices that tokens have in the field, and what the probe says of each. */
class ProbeOfMockTest {
    private static final Path NOWHERE = Path.of("/nowhere/libmock.so");

    private static ProbeReport probe(MockCryptoki mock) throws TokenException {
        TokenConfig config =
                TokenConfig.builder()
                        .module(NOWHERE)
                        .name("mock token")
                        .token(new TokenSelector.Only())
                        .privateTrafficKeys(true)
                        .build();
        return Probe.run(config, CryptokiModule.over(mock, "mock"), false, Duration.ofMillis(1));
    }

    private static Finding finding(ProbeReport report, Feature feature) {
        Finding finding = new Findings(report.findings()).of(feature, TokenRoute.CRYPTOKI);
        assertNotNull(finding, feature + " was not tried");
        return finding;
    }

    private static boolean offloads(ProbeReport report, String suite) {
        return report.suites().stream()
                .filter(s -> s.name().equals(suite))
                .findFirst()
                .orElseThrow()
                .isPossible();
    }

    @Test
    void aGoodTokenSealsAllThatItHas() throws Exception {
        MockCryptoki mock = new MockCryptoki();
        ProbeReport report = probe(mock);
        assertEquals(
                new ProbeReport.Capabilities(
                        true, true, true, true, true, false, false, false, true, false, false),
                report.capabilities());
        assertEquals(GcmLayout.WITH_IV_BITS, report.gcmLayout());
        assertEquals(256, report.sessionLimit().opened());
        assertNull(report.sessionLimit().reason());
        assertEquals(Verdict.ABSENT, finding(report, Feature.CHACHA20_POLY1305).verdict());
        assertEquals(6, report.timings().size(), report.timings().toString());
        assertEquals(14, report.suites().stream().filter(SuiteOffload::isPossible).count());
        assertEquals(0, mock.leftovers());
    }

    static Stream<Arguments> faultsOfGcm() {
        return Stream.of(
                Arguments.of(Vice.WRITES_OWN_IV, "makes an IV of its own instead of the caller's"),
                Arguments.of(Vice.APPENDS_OWN_IV, "of the caller's, and appends it"),
                Arguments.of(Vice.APPENDS_IV, "appends the IV to its output"),
                Arguments.of(Vice.IGNORES_AAD, "gives a wrong answer"),
                Arguments.of(
                        Vice.GARBAGE_LENGTH, "C_Encrypt says it wrote 18446744073709551615 bytes"),
                Arguments.of(Vice.HUGE_LENGTH, "C_Encrypt says it wrote 1000000 bytes"),
                Arguments.of(Vice.ALL_TALK, "C_EncryptInit: CKR_DEVICE_ERROR"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfGcm")
    void gcmThatIsNotTheCallersIsListedButDoesNotWork(Vice vice, String reason) throws Exception {
        MockCryptoki mock = new MockCryptoki(vice);
        ProbeReport report = probe(mock);
        for (Feature feature : new Feature[] {Feature.AES_128_GCM, Feature.AES_256_GCM}) {
            Finding finding = finding(report, feature);
            assertEquals(Verdict.BROKEN, finding.verdict());
            assertTrue(finding.detail().contains(reason), finding.detail());
        }
        assertFalse(report.capabilities().gcm());
        assertFalse(offloads(report, "TLS_AES_128_GCM_SHA256"));
        String text = report.toText().replaceAll("\\s+", " ");
        assertTrue(text.contains("CKM_AES_GCM is listed but does not work: "), text);
        assertTrue(text.contains(reason), text);
        assertEquals(0, mock.leftovers());
    }

    @Test
    void aTokenThatMakesItsOwnIvsStillSealsCbc() throws Exception {
        ProbeReport report = probe(new MockCryptoki(Vice.APPENDS_OWN_IV));
        assertTrue(report.capabilities().cbc());
        assertTrue(offloads(report, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"));
        assertFalse(report.recommendation().contains("no record"), report.recommendation());
    }

    @Test
    void aLimitOfInputIsFoundToTheByteAndMakesRecordsSmaller(@TempDir Path folder)
            throws Exception {
        MockCryptoki mock = new MockCryptoki(Vice.CAPS_INPUT);
        ProbeReport report = probe(mock);
        Finding gcm = finding(report, Feature.AES_256_GCM);
        assertEquals(Verdict.WORKS, gcm.verdict());
        assertEquals(16224, gcm.largestInput());
        assertTrue(gcm.detail().contains("CKR_DATA_LEN_RANGE"), gcm.detail());
        assertEquals(16288, finding(report, Feature.HMAC_SHA1).largestInput());
        assertTrue(report.capabilities().gcm());
        // TLS 1.3 adds one byte; the HMAC's 45 leave more than that.
        assertEquals(16223, recommended(report, folder).maxFragment());
        assertEquals(0, mock.leftovers());
    }

    @Test
    void theOldLayoutOfGcmParametersIsFound() throws Exception {
        ProbeReport report = probe(new MockCryptoki(Vice.WITHOUT_IV_BITS));
        assertEquals(GcmLayout.WITHOUT_IV_BITS, report.gcmLayout());
        assertTrue(report.capabilities().gcm());
        assertTrue(report.toText().contains("CK_GCM_PARAMS without ulIvBits"));
    }

    @Test
    void whatIsNotDoneInPlaceIsNotEnough() throws Exception {
        ProbeReport report = probe(new MockCryptoki(Vice.NOT_IN_PLACE));
        Finding gcm = finding(report, Feature.AES_128_GCM);
        assertEquals(Verdict.PARTLY, gcm.verdict());
        assertTrue(gcm.detail().startsWith("not in place: "), gcm.detail());
        assertFalse(offloads(report, "TLS_AES_128_GCM_SHA256"));
    }

    @Test
    void withoutKeyImportNothingIsTriedAndTheKeyOfTheHandshakeIsLeft(@TempDir Path folder)
            throws Exception {
        MockCryptoki mock = new MockCryptoki(Vice.NO_IMPORT);
        ProbeReport report = probe(mock);
        Finding keyImport = finding(report, Feature.KEY_IMPORT);
        assertEquals(Verdict.BROKEN, keyImport.verdict());
        assertTrue(keyImport.detail().contains("CKR_FUNCTION_NOT_SUPPORTED"), keyImport.detail());
        assertEquals(Verdict.UNTRIED, finding(report, Feature.AES_128_GCM).verdict());
        assertTrue(report.suites().stream().noneMatch(SuiteOffload::isPossible));
        assertTrue(report.recommendation().contains("can seal no record"));
        assertNotNull(recommended(report, folder));
        assertEquals(0, mock.leftovers());
    }

    @Test
    void theProtectionOfKeysIsWhatTheTokenTakes(@TempDir Path folder) throws Exception {
        assertFalse(recommended(probe(new MockCryptoki()), folder).privateTrafficKeys());
        ProbeReport report = probe(new MockCryptoki(Vice.NO_PRIVATE_KEYS));
        assertTrue(report.capabilities().gcm());
        assertFalse(recommended(report, folder).privateTrafficKeys());
    }

    @Test
    void aTokenThatGivesKeysAwayIsToldOn() throws Exception {
        Finding finding = finding(probe(new MockCryptoki(Vice.REVEALS_KEYS)), Feature.KEY_IMPORT);
        assertTrue(finding.detail().contains("gives the key away"), finding.detail());
    }

    @Test
    void fewSessionsAreCountedAndAllGivenBack(@TempDir Path folder) throws Exception {
        MockCryptoki mock = new MockCryptoki(Vice.FEW_SESSIONS);
        ProbeReport report = probe(mock);
        assertTrue(report.capabilities().gcm());
        assertEquals("C_OpenSession: CKR_SESSION_COUNT", report.sessionLimit().reason());
        assertTrue(report.sessionLimit().opened() >= 2, report.sessionLimit().toString());
        assertEquals(report.sessionLimit().opened(), recommended(report, folder).maxSessions());
        assertEquals(0, mock.leftovers());
    }

    @Test
    void aHostileLabelHarmsNeitherTerminalNorFile(@TempDir Path folder) throws Exception {
        ProbeReport report = probe(new MockCryptoki(Vice.HOSTILE_LABEL));
        for (String told : new String[] {report.toText(), report.toJson()}) {
            assertTrue(told.codePoints().allMatch(c -> c == '\n' || Printable.isHarmless(c)), told);
        }
        assertFalse(report.toText().contains("\nengine = x"));
        TokenConfig config = recommended(report, folder);
        assertEquals(TokenRoute.CRYPTOKI, config.engine());
        assertEquals(new TokenSelector.BySerial("0001"), config.token());
    }

    @ParameterizedTest
    @EnumSource(Vice.class)
    void whateverTheViceNothingIsLeftAndEverythingCanBePrinted(Vice vice) throws Exception {
        MockCryptoki mock = new MockCryptoki(vice);
        ProbeReport report = probe(mock);
        assertEquals(0, mock.leftovers());
        assertEquals(17, report.suites().size());
        assertTrue(report.toJson().startsWith("{\"token\":\"mock token\","), report.toJson());
        for (String line : report.toText().lines().toList()) {
            assertTrue(line.length() <= 100, line);
        }
    }

    private static TokenConfig recommended(ProbeReport report, Path folder)
            throws IOException, TokenException {
        Path file = folder.resolve("token.conf");
        Files.writeString(file, report.recommendation());
        return TokenConfig.fromFile(file);
    }
}
