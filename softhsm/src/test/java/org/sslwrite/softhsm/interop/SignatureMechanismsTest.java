package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.kit.OpenSsl;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Servers whose key is in a token that lacks mechanisms: what they sign is told by openssl, and
 * what they cannot sign is told when the context is made.
 */
@Timeout(120)
class SignatureMechanismsTest {
    private static final List<Long> PSS = List.of(Ckm.CKM_RSA_PKCS_PSS);
    private static final List<Long> HASHED_PSS =
            List.of(
                    Ckm.CKM_SHA256_RSA_PKCS_PSS,
                    Ckm.CKM_SHA384_RSA_PKCS_PSS,
                    Ckm.CKM_SHA512_RSA_PKCS_PSS);
    private static final List<Long> PKCS1 = List.of(Ckm.CKM_RSA_PKCS);
    private static final List<Long> HASHED_PKCS1 =
            List.of(Ckm.CKM_SHA256_RSA_PKCS, Ckm.CKM_SHA384_RSA_PKCS, Ckm.CKM_SHA512_RSA_PKCS);
    private static final List<Long> RAW = List.of(Ckm.CKM_RSA_X_509);
    private static final List<Long> HASHES =
            List.of(Ckm.CKM_SHA256, Ckm.CKM_SHA384, Ckm.CKM_SHA512);

    private static final List<String> ALL_PSS =
            List.of("rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512");
    private static final List<String> ALL_PKCS1 =
            List.of("rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512");

    @TempDir Path folder;
    private SoftwareToken software;
    private FaultyModule faulty;

    /**
     * A token, and what a server with its RSA key can do.
     *
     * @param hidden mechanisms that the token does not have
     * @param pss whether it can sign so
     * @param pkcs1 likewise
     */
    private record Row(String name, List<Long> hidden, boolean pss, boolean pkcs1) {
        static Row without(String name, boolean pss, boolean pkcs1, List<List<Long>> hidden) {
            return new Row(name, hidden.stream().flatMap(List::stream).toList(), pss, pkcs1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                Row.without("every mechanism", true, true, List.of()),
                Row.without("no CKM_RSA_PKCS_PSS", true, true, List.of(PSS)),
                Row.without("no PSS but by CKM_RSA_X_509", true, true, List.of(PSS, HASHED_PSS)),
                Row.without("no hash, as in a database of NSS", true, true, List.of(HASHES)),
                Row.without("no hash, no PSS of one", true, true, List.of(HASHES, HASHED_PSS)),
                Row.without("no CKM_RSA_PKCS", true, true, List.of(PKCS1)),
                Row.without(
                        "CKM_RSA_X_509 alone",
                        true,
                        true,
                        List.of(PSS, HASHED_PSS, PKCS1, HASHED_PKCS1)),
                Row.without("no PSS at all", false, true, List.of(PSS, HASHED_PSS, RAW)),
                Row.without("no PKCS#1 at all", true, false, List.of(PKCS1, HASHED_PKCS1, RAW)));
    }

    static Stream<Object[]> rowsOfEngines() {
        return rows().flatMap(
                        row ->
                                Stream.of(TokenRoute.values())
                                        .map(engine -> new Object[] {engine, row}));
    }

    @BeforeEach
    void makeToken() throws TokenException {
        for (String reason :
                new String[] {
                    SoftwareToken.reasonAgainst(Kind.SOFTHSM),
                    FaultyModule.reasonAgainst(),
                    OpenSsl.missing()
                }) {
            assumeTrue(reason == null, reason);
        }
        software = SoftwareToken.create(Kind.SOFTHSM);
        faulty = FaultyModule.inFrontOf(software.config().module());
    }

    @AfterEach
    void close() {
        if (software != null) {
            software.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    private TokenConfig config(TokenRoute engine, KeyPairKind kind) throws Exception {
        SoftwareToken.KeyPair key = software.generateKeyPair(kind);
        try (Token signer = Token.of(software.config())) {
            TlsIdentity made = signer.selfSigned("localhost", key.selector(), key.publicKey());
            software.storeCertificate(key, made.certificate());
        }
        return software.config().toBuilder()
                .module(faulty.library())
                .key(key.selector())
                .engine(engine)
                .build();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rowsOfEngines")
    void opensslTakesWhatIsSigned(TokenRoute engine, Row row) throws Exception {
        TokenConfig config = config(engine, KeyPairKind.RSA_2048);
        row.hidden().forEach(faulty::hideMechanism);
        try (Token token = Token.of(config)) {
            TlsIdentity identity = token.identity();
            SslContext context = SslContext.builder().identity(identity).build();
            assertEquals(
                    row.pss()
                            ? List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2)
                            : List.of(TlsVersion.TLSV1_2),
                    context.versions());
            for (String scheme : ALL_PSS) {
                if (row.pss()) {
                    assertSigned(context, identity, "-tls1_3", scheme);
                    assertSigned(context, identity, "-tls1_2", scheme);
                }
            }
            for (String scheme : ALL_PKCS1) {
                if (row.pkcs1()) {
                    assertSigned(context, identity, "-tls1_2", scheme);
                }
            }
            if (!row.pss()) {
                // It may speak both versions, and offers every signature of either.
                assertEquals("TLSv1.2", connect(context, identity).protocol());
            }
        }
    }

    private void assertSigned(
            SslContext context, TlsIdentity identity, String version, String scheme)
            throws Exception {
        Handshake handshake = connect(context, identity, version, "-sigalgs", scheme);
        assertEquals("", handshake.failure(), version + " " + scheme);
    }

    private Handshake connect(SslContext context, TlsIdentity identity, String... options)
            throws Exception {
        return Handshake.withOpenssl(context, identity, folder, new ArrayList<>(List.of(options)));
    }

    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void tls13AloneIsRefusedWhenTheContextIsMade(TokenRoute engine) throws Exception {
        TokenConfig config = config(engine, KeyPairKind.RSA_2048);
        Stream.of(PSS, HASHED_PSS, RAW).flatMap(List::stream).forEach(faulty::hideMechanism);
        try (Token token = Token.of(config)) {
            SslContext.Builder builder =
                    SslContext.builder()
                            .identity(token.identity())
                            .versions(List.of(TlsVersion.TLSV1_3));
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, builder::build);
            String message = e.getMessage();
            assertTrue(message.contains("no identity can sign in TLSv1.3"), message);
            assertTrue(message.contains("rsa_pss_rsae_sha256"), message);
            assertTrue(message.contains("--versions TLSv1.2"), message);
        }
    }

    /** A second identity that can sign keeps the version. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void anotherIdentityKeepsTheVersion(TokenRoute engine) throws Exception {
        TokenConfig config = config(engine, KeyPairKind.RSA_2048);
        Stream.of(PSS, HASHED_PSS, RAW).flatMap(List::stream).forEach(faulty::hideMechanism);
        try (Token token = Token.of(config)) {
            TlsIdentity other = TlsIdentity.selfSigned("localhost", "EC");
            SslContext context =
                    SslContext.builder().identity(token.identity()).identity(other).build();
            assertEquals("TLSv1.3", connect(context, other).protocol());
            assertEquals(
                    "TLSv1.2",
                    connect(context, token.identity(), "-tls1_2", "-cipher", "aRSA").protocol());
        }
    }

    /** What is listed and does not work is found out when the context is made. */
    @ParameterizedTest
    @EnumSource(TokenRoute.class)
    void trialTellsWhatTheListDoesNot(TokenRoute engine) throws Exception {
        TokenConfig config = config(engine, KeyPairKind.EC_P256);
        try (Token token = Token.of(config)) {
            TlsIdentity identity = token.identity();
            long before = faulty.calls("C_SignInit");
            SslContext context = SslContext.builder().identity(identity).build();
            SslContext.builder().identity(identity).build();
            long trials = faulty.calls("C_SignInit") - before;
            assertTrue(trials <= (engine == TokenRoute.CRYPTOKI ? 0 : 6), trials + " trials");
            assertEquals("TLSv1.3", connect(context, identity).protocol());
            faulty.fail("C_SignInit", CKR_MECHANISM_INVALID);
            Exception e = assertThrows(Exception.class, token::identity);
            assertTrue(e.getMessage().contains("CKR_MECHANISM_INVALID"), e.getMessage());
        }
    }

    private static final long CKR_MECHANISM_INVALID = 0x70;
}
