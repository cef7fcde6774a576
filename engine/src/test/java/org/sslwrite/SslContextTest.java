package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerChoice.PassedOver;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a context refuses, and what it makes of what it is given. */
@Timeout(30)
class SslContextTest {
    private static final List<TlsVersion> TLS13 = List.of(TlsVersion.TLSV1_3);
    private static final List<TlsVersion> TLS12 = List.of(TlsVersion.TLSV1_2);
    private static final CipherSuite GCM13 = CipherSuite.TLS_AES_128_GCM_SHA256;
    private static final CipherSuite ECDSA12 = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA12 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;

    /**
     * A setting that does not fit.
     *
     * @param what for a person
     * @param message what the refusal must say
     */
    record Refused(String what, String message, UnaryOperator<SslContext.Builder> setting) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Refused> refused() {
        return List.of(
                new Refused(
                        "fragment 511",
                        "maxSendFragment must be from 512 to 16384 bytes: 511",
                        b -> b.maxSendFragment(511)),
                new Refused(
                        "records of 63 bytes",
                        "minRecordSizeLimit must be from 64 to 16384 bytes: 63",
                        b -> b.minRecordSizeLimit(63)),
                new Refused(
                        "records of 16385 bytes",
                        "minRecordSizeLimit must be from 64 to 16384 bytes: 16385",
                        b -> b.minRecordSizeLimit(16_385)),
                new Refused(
                        "handshake messages of less than 16 KiB",
                        "maxHandshakeMessageSize must be from 16 KiB to 16 MiB - 1: 16383",
                        b -> b.maxHandshakeMessageSize(16_383)),
                new Refused(
                        "handshake messages of 16 MiB",
                        "maxHandshakeMessageSize must be from 16 KiB to 16 MiB - 1: 16777216",
                        b -> b.maxHandshakeMessageSize(1 << 24)),
                new Refused(
                        "chains of no certificate",
                        "maxCertificateChainLength must be from 1 to 1000 certificates: 0",
                        b -> b.maxCertificateChainLength(0)),
                new Refused(
                        "chains of 1001 certificates",
                        "maxCertificateChainLength must be from 1 to 1000 certificates: 1001",
                        b -> b.maxCertificateChainLength(1001)),
                new Refused("no version", "no TLS version is allowed", b -> b.versions(List.of())),
                new Refused("no group", "no group is allowed", b -> b.groups(List.of())),
                new Refused(
                        "no suite",
                        "none of the suites [] goes with",
                        b -> b.cipherSuites(List.of())),
                new Refused(
                        "suites of another version",
                        "none of the suites [TLS_AES_128_GCM_SHA256] goes with [TLSv1.2]",
                        b -> b.versions(TLS12).cipherSuites(List.of(GCM13))),
                new Refused(
                        "a version without suites",
                        "no suite is given for TLSv1.2; give one, or leave the version out",
                        b -> b.cipherSuites(List.of(GCM13))),
                new Refused(
                        "a version without suites, the other way",
                        "no suite is given for TLSv1.3",
                        b -> b.cipherSuites(List.of(RSA12))),
                new Refused(
                        "identity of another kind",
                        "no identity fits any of the suites"
                                + " [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]",
                        b ->
                                b.versions(TLS12)
                                        .cipherSuites(List.of(RSA12))
                                        .identity(Pki.EC.identity())),
                new Refused(
                        "identity of another kind, the other way",
                        "no identity fits any of the suites",
                        b ->
                                b.versions(TLS12)
                                        .cipherSuites(List.of(ECDSA12))
                                        .identity(Pki.RSA.identity())),
                new Refused(
                        "unknown provider",
                        "no JCA provider \"NoSuch\"; installed: [SUN",
                        b -> b.providers(List.of("NoSuch"))),
                new Refused(
                        "empty ALPN name",
                        "an ALPN protocol name has 1 to 255 bytes: \"\"",
                        b -> b.alpn(List.of("h2", ""))),
                new Refused(
                        "long ALPN name",
                        "an ALPN protocol name has 1 to 255 bytes",
                        b -> b.alpn(List.of("x".repeat(256)))),
                new Refused(
                        "ALPN name of many bytes",
                        "an ALPN protocol name has 1 to 255 bytes",
                        b -> b.alpn(List.of("ü".repeat(128)))),
                new Refused("trust in nobody", "trust", b -> b.trust(List.of())));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusedInOneLine(Refused refused) {
        IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> refused.setting().apply(SslContext.builder()).build());
        String message = String.valueOf(refusal.getMessage());
        Outcomes.assertOneLine(message);
        assertTrue(message.contains(refused.message()), message);
    }

    @Tag("F1")
    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 511, 16385, Integer.MAX_VALUE})
    void fragmentOutOfRange(int fragment) {
        SslContext.Builder builder = SslContext.builder().maxSendFragment(fragment);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, builder::build);
        assertEquals(
                "maxSendFragment must be from 512 to 16384 bytes: " + fragment,
                refusal.getMessage());
    }

    @Tag("F1")
    @ParameterizedTest
    @ValueSource(ints = {512, 513, 16383, 16384})
    void fragmentInRange(int fragment) {
        assertEquals(
                fragment, SslContext.builder().maxSendFragment(fragment).build().maxSendFragment());
    }

    @Test
    void defaults() {
        SslContext context = SslContext.builder().build();
        assertEquals(List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2), context.versions());
        assertEquals(List.of(CipherSuite.values()), context.cipherSuites());
        assertEquals(16384, context.maxSendFragment());
        for (CipherSuite suite : CipherSuite.values()) {
            SealerChoice choice = context.sealerFor(suite);
            assertNotNull(choice);
            List<String> asked =
                    Stream.concat(
                                    choice.passedOver().stream().map(PassedOver::engine),
                                    Stream.of(choice.engine()))
                            .toList();
            List<String> order = List.of("vaes", "ipsec-mb", "SunJCE");
            assertEquals(order.subList(0, asked.size()), asked);
            Outcomes.assertOneLine(choice.toString());
        }
    }

    @Test
    void nativeEnginesAreLeftOutWhereTheyAreNotNamed() {
        SslContext context = SslContext.builder().providers(List.of("SunJCE")).build();
        for (CipherSuite suite : CipherSuite.values()) {
            assertEquals(
                    new SealerChoice("SunJCE", List.of(), List.of("BC")), context.sealerFor(suite));
        }
    }

    /** The jar is on no path of this module's tests. */
    @Test
    void withoutTheJarOfNativeEnginesTheChoiceSaysSo() {
        SealerChoice choice =
                SslContext.builder().build().sealerFor(CipherSuite.TLS_AES_128_GCM_SHA256);
        assertEquals(
                "SunJCE; not vaes: REASON; not ipsec-mb: REASON; after it BC"
                        .replace(
                                "REASON",
                                "the jar sslwrite-accel is not on the class path or module path"),
                String.valueOf(choice));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vaes", "ipsec-mb"})
    void nativeEngineAloneHasBouncyCastleBehindIt(String engine) {
        SslContext context = SslContext.builder().providers(List.of(engine)).build();
        SealerChoice choice = context.sealerFor(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA);
        assertNotNull(choice);
        assertEquals("BC", choice.engine());
        assertEquals(engine, choice.passedOver().getFirst().engine());
    }

    @Test
    void versionsAndSuitesAreSortedAndOnce() {
        SslContext context =
                SslContext.builder()
                        .versions(
                                List.of(TlsVersion.TLSV1_2, TlsVersion.TLSV1_3, TlsVersion.TLSV1_2))
                        .cipherSuites(List.of(RSA12, GCM13, RSA12))
                        .build();
        assertEquals(List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2), context.versions());
        assertEquals(List.of(RSA12, GCM13), context.cipherSuites());
    }

    @Test
    void suitesOfVersionsThatAreOutAreLeftOut() {
        SslContext context = SslContext.builder().versions(TLS13).build();
        assertTrue(
                context.cipherSuites().stream()
                        .allMatch(suite -> suite.version() == TlsVersion.TLSV1_3));
        assertEquals(3, context.cipherSuites().size());
    }

    @Test
    void bouncyCastleIsTheLastResort() {
        // SunEC knows no cipher at all.
        SslContext context = SslContext.builder().providers(List.of("SunEC")).build();
        SealerChoice choice = context.sealerFor(GCM13);
        assertNotNull(choice);
        assertEquals("BC", choice.engine());
        assertEquals(1, choice.passedOver().size());
        assertEquals("SunEC", choice.passedOver().getFirst().engine());
        Outcomes.assertOneLine(choice.toString());
        SslContext chosen = SslContext.builder().providers(List.of("BC", "SunJCE")).build();
        SealerChoice first = chosen.sealerFor(GCM13);
        assertNotNull(first);
        assertEquals("BC", first.engine());
    }

    @Test
    void laterSettingsOfTheBuilderDoNotChangeTheContext() {
        SslContext.Builder builder = SslContext.builder().maxSendFragment(512);
        SslContext context = builder.build();
        builder.maxSendFragment(1024).versions(TLS12);
        assertEquals(512, context.maxSendFragment());
        assertEquals(2, context.versions().size());
        assertEquals(1024, builder.build().maxSendFragment());
    }
}
