package org.sslwrite.softhsm.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.probe.Feature;
import org.sslwrite.probe.Finding;
import org.sslwrite.probe.Finding.Verdict;
import org.sslwrite.probe.GcmLayout;
import org.sslwrite.probe.Probe;
import org.sslwrite.probe.ProbeReport;
import org.sslwrite.probe.SuiteOffload;
import org.sslwrite.probe.Timing;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SelfSignedCertificate;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.junit.WithToken;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** The probe tells the truth about the two tokens that are at hand. */
class ProbeTest {
    private static final Set<String> CHACHA20 =
            Set.of(
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Set<Feature> IN_BOTH =
            EnumSet.range(Feature.AES_128_GCM, Feature.HMAC_SHA384);

    static {
        IN_BOTH.remove(Feature.CHACHA20_POLY1305);
    }

    /** Without these no RSASSA-PSS can be made. */
    private static final List<Long> NO_PSS =
            List.of(
                    Ckm.CKM_RSA_PKCS_PSS,
                    Ckm.CKM_SHA256_RSA_PKCS_PSS,
                    Ckm.CKM_SHA384_RSA_PKCS_PSS,
                    Ckm.CKM_SHA512_RSA_PKCS_PSS,
                    Ckm.CKM_RSA_X_509);

    private static ProbeReport softhsm;
    private static ProbeReport nss;

    @BeforeAll
    static void probeBoth(
            @WithToken(Kind.SOFTHSM) TokenConfig softhsmConfig,
            @WithToken(Kind.NSS) TokenConfig nssConfig)
            throws TokenException {
        softhsm = Probe.run(softhsmConfig);
        nss = Probe.run(nssConfig);
    }

    private static Verdict verdict(ProbeReport report, Feature feature, TokenRoute engine) {
        return report.findings().stream()
                .filter(f -> f.feature() == feature && f.engine() == engine)
                .map(Finding::verdict)
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> cannot(ProbeReport report) {
        return report.suites().stream()
                .filter(suite -> !suite.isPossible())
                .map(SuiteOffload::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void assertTimed(ProbeReport report, String operation, TokenRoute engine) {
        List<Integer> sizes = new ArrayList<>();
        for (Timing timing : report.timings()) {
            if (timing.operation().equals(operation) && timing.engine() == engine) {
                sizes.add(timing.bytes());
                assertTrue(timing.micros() > 0, timing.toString());
            }
        }
        assertEquals(List.of(64, 1024, 16384), sizes, operation + " through " + engine);
    }

    private static CryptokiModule moduleOf(TokenConfig config) throws TokenException {
        return CryptokiModule.load(config.module(), config.libraryParameters());
    }

    private static TokenInfo infoOf(TokenConfig config) throws TokenException {
        CryptokiModule module = moduleOf(config);
        return module.tokenInfo(module.slotOf(config.token()));
    }

    @Test
    void softhsmCanDoAllButChachaHkdfAndMessages() {
        assertEquals(
                new ProbeReport.Capabilities(
                        true, true, true, true, true, false, false, false, true, true, true),
                softhsm.capabilities(),
                softhsm::toText);
        assertEquals(CHACHA20, cannot(softhsm));
        TokenRoute c = TokenRoute.CRYPTOKI;
        assertEquals(Verdict.ABSENT, verdict(softhsm, Feature.CHACHA20_POLY1305, c));
        assertEquals(Verdict.WORKS, verdict(softhsm, Feature.RSA_PKCS1, c));
        assertEquals(Verdict.WORKS, verdict(softhsm, Feature.ECDSA_P384, c));
        assertEquals("SoftHSM v2", softhsm.tokenInfo().model());
    }

    @Test
    void nssCanDoEverything() {
        assertEquals(
                new ProbeReport.Capabilities(
                        true, true, true, true, true, true, true, true, true, true, true),
                nss.capabilities(),
                nss::toText);
        assertEquals(Set.of(), cannot(nss));
        assertTimed(nss, "AES-128-GCM, message API", TokenRoute.CRYPTOKI);
    }

    @Test
    void noSessionIsLeftOpen(@WithToken(Kind.NSS) SoftwareToken token) throws Exception {
        TokenConfig config = token.config();
        int before = infoOf(config).sessions();
        ProbeReport report = Probe.run(config, moduleOf(config));
        assertTrue(report.capabilities().gcm());
        assertEquals(256, report.sessionLimit().opened());
        assertEquals(before, infoOf(config).sessions());
    }

    @Test
    void bothEnginesAreTriedAndMeasured() {
        for (ProbeReport report : List.of(softhsm, nss)) {
            assertEquals(GcmLayout.WITH_IV_BITS, report.gcmLayout());
            assertEquals(List.of(), report.notes());
            for (TokenRoute engine : TokenRoute.values()) {
                for (Feature feature : IN_BOTH) {
                    assertEquals(
                            Verdict.WORKS,
                            verdict(report, feature, engine),
                            () -> engine + ": " + feature + "\n" + report.toText());
                }
                assertTimed(report, "AES-128-GCM", engine);
                assertTimed(report, "AES-128-CBC + HMAC-SHA256", engine);
            }
        }
    }

    @Test
    void aPersonCanReadIt() {
        for (ProbeReport report : List.of(softhsm, nss)) {
            List<String> tooLong =
                    report.toText()
                            .lines()
                            .filter(line -> line.length() > 100)
                            .filter(line -> !line.contains("library-parameters"))
                            .toList();
            assertEquals(List.of(), tooLong);
        }
    }

    @Test
    void theRecommendationIsAConfigurationThatReachesTheToken(
            @WithToken(Kind.SOFTHSM) SoftwareToken token, @TempDir Path folder) throws Exception {
        SoftwareToken.KeyPair key = token.generateKeyPair(KeyPairKind.EC_P256);
        TokenConfig asked = token.config().toBuilder().key(key.selector()).build();
        ProbeReport report = Probe.run(asked, moduleOf(asked));
        Path file = folder.resolve("token.conf");
        Files.writeString(file, report.recommendation());
        TokenConfig config = TokenConfig.fromFile(file);
        assertEquals(TokenRoute.CRYPTOKI, config.engine());
        assertEquals(16384, config.maxFragment());
        assertFalse(config.privateTrafficKeys());
        assertEquals(key.selector(), config.key());
        assertEquals(infoOf(token.config()).serial(), infoOf(config).serial());
        assertTrue(report.recommendation().contains("# pin-source = "), report.recommendation());
    }

    @Test
    void theRecommendationKeepsWhereThePinComesFrom(
            @WithToken(Kind.SOFTHSM) SoftwareToken token, @TempDir Path folder) throws Exception {
        Path pinFile = Files.createFile(folder.resolve("a pin #1"), OWNERS);
        try (Pin pin = token.config().pin().pin("the token")) {
            Files.write(pinFile, pin.utf8());
        }
        TokenConfig asked =
                token.config().toBuilder().pin(PinSource.file(pinFile)).name("a b").build();
        Path file = folder.resolve("token.conf");
        Files.writeString(file, Probe.run(asked, moduleOf(asked)).recommendation());
        TokenConfig config = TokenConfig.fromFile(file);
        assertEquals("file:" + pinFile, config.pinSource());
    }

    private static final FileAttribute<?> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @Test
    void aNamedKeyThatIsNotThereIsAnError(@WithToken(Kind.SOFTHSM) SoftwareToken token) {
        TokenException missing =
                failure(token.config().toBuilder().key(KeySelector.byLabel("no-such")));
        assertTrue(missing.getMessage().contains("no private key \"no-such\""), missing::toString);
    }

    @Test
    void theNamedKeyIsTheOneThatSigns(@WithToken(Kind.SOFTHSM) SoftwareToken token)
            throws Exception {
        SoftwareToken.KeyPair key = token.generateKeyPair(KeyPairKind.EC_P384);
        TokenConfig named = token.config().toBuilder().key(key.selector()).build();
        String without = detail(Probe.run(named, moduleOf(named)), Feature.ECDSA_P384);
        assertTrue(without.startsWith("the named key was not tried: "), without);
        token.storeCertificate(key, SelfSignedCertificate.of(token, key));
        ProbeReport report = Probe.run(named, moduleOf(named));
        assertEquals(Verdict.WORKS, verdict(report, Feature.ECDSA_P384, TokenRoute.CRYPTOKI));
        assertEquals("with the " + key.selector(), detail(report, Feature.ECDSA_P384));
        assertEquals("", detail(report, Feature.ECDSA_P256));
    }

    private static String detail(ProbeReport report, Feature feature) {
        return report.findings().stream()
                .filter(f -> f.feature() == feature && f.engine() == TokenRoute.CRYPTOKI)
                .map(Finding::detail)
                .findFirst()
                .orElseThrow();
    }

    /** SunPKCS11 gives a session back to its pool with the operation that failed in it. */
    @Test
    void anOperationLeftOpenSpoilsOneTrialOfSunPkcs11(@WithToken(Kind.SOFTHSM) SoftwareToken token)
            throws Exception {
        String reason = FaultyModule.reasonAgainst();
        assumeTrue(reason == null, reason);
        try (FaultyModule faulty = FaultyModule.inFrontOf(token.config().module())) {
            TokenConfig config = token.config().toBuilder().module(faulty.library()).build();
            Thread breaker =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (faulty.calls("C_GenerateKeyPair") < 3) {
                                            Thread.onSpinWait();
                                        }
                                        faulty.fail("C_Encrypt", Ckr.CKR_FUNCTION_FAILED, 1);
                                    });
            ProbeReport report = Probe.run(config);
            breaker.join();
            List<Feature> fail =
                    IN_BOTH.stream()
                            .filter(f -> verdict(report, f, TokenRoute.SUNPKCS11) != Verdict.WORKS)
                            .toList();
            assertEquals(List.of(Feature.AES_128_GCM), fail, report::toText);
        }
    }

    @Test
    void aTokenThatCannotBeReachedIsAnErrorAndThePinIsTriedOnce(
            @WithToken(Kind.SOFTHSM) SoftwareToken token) {
        AtomicInteger asked = new AtomicInteger();
        PinSource wrong =
                name -> {
                    asked.incrementAndGet();
                    return new Pin("0000".toCharArray());
                };
        TokenException refused = failure(token.config().toBuilder().pin(wrong));
        assertTrue(refused.getMessage().contains("CKR_PIN_INCORRECT"), refused.getMessage());
        assertEquals(1, asked.get());
        TokenException missing =
                failure(token.config().toBuilder().token(new TokenSelector.ByLabel("no-such")));
        assertTrue(missing.getMessage().contains("no-such"), missing.getMessage());
    }

    /** A token that generates no key pairs, made of one that does. */
    private static CryptokiModule withoutKeyGeneration(TokenConfig config) throws TokenException {
        CryptokiFunctions all = moduleOf(config).functions();
        CryptokiFunctions mock =
                (CryptokiFunctions)
                        Proxy.newProxyInstance(
                                CryptokiFunctions.class.getClassLoader(),
                                new Class<?>[] {CryptokiFunctions.class},
                                (proxy, method, arguments) ->
                                        method.getName().equals("C_GenerateKeyPair")
                                                ? Ckr.CKR_FUNCTION_NOT_SUPPORTED
                                                : method.invoke(all, arguments));
        return CryptokiModule.over(mock, "SoftHSM2 without C_GenerateKeyPair");
    }

    @Test
    void aTokenThatGeneratesNoKeysSignsWithTheNamedOne(@WithToken(Kind.SOFTHSM) SoftwareToken token)
            throws Exception {
        SoftwareToken.KeyPair key = token.generateKeyPair(KeyPairKind.EC_P384);
        X509Certificate certificate = SelfSignedCertificate.of(token, key);
        token.storeCertificate(key, certificate);
        CryptokiModule module = withoutKeyGeneration(token.config());
        TokenConfig named = token.config().toBuilder().key(key.selector()).build();
        ProbeReport report = Probe.run(named, module);
        TokenRoute c = TokenRoute.CRYPTOKI;
        assertEquals(Verdict.WORKS, verdict(report, Feature.ECDSA_P384, c), report::toText);
        assertEquals(Verdict.UNTRIED, verdict(report, Feature.ECDSA_P256, c));
        assertEquals(Verdict.UNTRIED, verdict(report, Feature.RSA_PSS, c));
        ProbeReport unnamed = Probe.run(token.config(), module);
        assertEquals(Verdict.UNTRIED, verdict(unnamed, Feature.ECDSA_P384, c));
    }

    /** The named key signs through both engines, each as a server would have it sign. */
    @Test
    void theNamedKeyIsTriedThroughSunPkcs11Too(@WithToken(Kind.SOFTHSM) SoftwareToken token)
            throws Exception {
        String reason = FaultyModule.reasonAgainst();
        assumeTrue(reason == null, reason);
        SoftwareToken.KeyPair key = token.generateKeyPair(KeyPairKind.RSA_2048);
        try (FaultyModule faulty = FaultyModule.inFrontOf(token.config().module())) {
            TokenConfig named =
                    token.config().toBuilder().module(faulty.library()).key(key.selector()).build();
            // SunPKCS11 does not see a key without a certificate.
            ProbeReport unseen = Probe.run(named);
            assertTrue(
                    unseen.findings().stream()
                            .noneMatch(
                                    f ->
                                            f.feature() == Feature.RSA_PSS
                                                    && f.engine() == TokenRoute.SUNPKCS11
                                                    && f.works()),
                    unseen::toText);
            token.storeCertificate(key, SelfSignedCertificate.of(token, key));
            for (long mechanism : NO_PSS) {
                faulty.hideMechanism(mechanism);
            }
            ProbeReport report = Probe.run(named);
            for (TokenRoute engine : TokenRoute.values()) {
                assertEquals(
                        Verdict.WORKS, verdict(report, Feature.RSA_PKCS1, engine), report::toText);
                assertNotEquals(
                        Verdict.WORKS, verdict(report, Feature.RSA_PSS, engine), report::toText);
            }
        }
    }

    private static TokenException failure(TokenConfig.Builder config) {
        TokenException e = assertThrows(TokenException.class, () -> Probe.run(config.build()));
        assertNotNull(e.getMessage());
        return e;
    }

    @Test
    void thePinIsInNoReport(@WithToken(Kind.SOFTHSM) SoftwareToken token) throws Exception {
        try (Pin pin = token.config().pin().pin("the token")) {
            assertNotNull(pin);
            String secret = new String(pin.chars());
            ProbeReport report = Probe.run(token.config(), moduleOf(token.config()));
            assertFalse((report.toText() + report.toJson() + report).contains(secret));
        }
    }
}
