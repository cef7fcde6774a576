package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.ClientAuth;
import org.sslwrite.IdentityException;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.interop.Authority;
import org.sslwrite.interop.Credentials;
import org.sslwrite.interop.Defaults;
import org.sslwrite.interop.Io;
import org.sslwrite.interop.OurSetup;
import org.sslwrite.interop.OurSide;
import org.sslwrite.interop.Peer;
import org.sslwrite.interop.PeerSetup;
import org.sslwrite.interop.PeerSignature;
import org.sslwrite.interop.PeerSuite;
import org.sslwrite.interop.Row;
import org.sslwrite.interop.Rows;
import org.sslwrite.interop.Tool;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Servers and clients whose private key is in a token: every kind of key, every signature, with
 * every peer. The peers check the certificate, and so the signature. The same token seals the
 * records.
 */
class TokenKeysTest {
    @TempDir static Path folder;
    @AutoClose private static OpenTokens tokens;
    private static Authority authority;

    /** A server in software, for our clients. */
    private static Defaults defaults;

    private static final Map<Kind, Map<KeyPairKind, InToken>> KEYS = new EnumMap<>(Kind.class);

    /** A key pair in a token, and a certificate for it. */
    private record InToken(SoftwareToken.KeyPair keys, X509Certificate certificate) {}

    /**
     * What is signed with.
     *
     * @param suite of a server that has the key
     * @param clientSuite of a client that has it: its server has an RSA key
     * @param signature the only one the peer accepts; null if key and version leave no choice
     */
    private record Proof(
            KeyPairKind key,
            CipherSuite suite,
            CipherSuite clientSuite,
            @Nullable PeerSignature signature) {
        private static final CipherSuite TLSV1_3 = CipherSuite.TLS_AES_256_GCM_SHA384;
        private static final CipherSuite RSA = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        private static final CipherSuite ECDSA =
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384;

        static final List<Proof> ALL =
                List.of(
                        // RFC 8446 section 4.4.3: "RSA signatures MUST use an RSASSA-PSS algorithm"
                        new Proof(KeyPairKind.RSA_2048, TLSV1_3, TLSV1_3, null),
                        new Proof(KeyPairKind.RSA_2048, RSA, RSA, PeerSignature.RSA_PKCS1),
                        new Proof(KeyPairKind.RSA_2048, RSA, RSA, PeerSignature.RSA_PSS),
                        new Proof(KeyPairKind.EC_P256, TLSV1_3, TLSV1_3, null),
                        new Proof(KeyPairKind.EC_P256, ECDSA, RSA, null),
                        new Proof(KeyPairKind.EC_P384, TLSV1_3, TLSV1_3, null),
                        new Proof(KeyPairKind.EC_P384, ECDSA, RSA, null));

        List<String> names(Way way) {
            List<String> names = new ArrayList<>(List.of(way.toString()));
            names.addAll(List.of(suite.version().toString(), key + " in the token"));
            if (signature != null) {
                names.add(signature.toString());
            }
            return names;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        tokens = new OpenTokens();
        authority = new Authority(folder);
        defaults = new Defaults(Credentials.selfSigned(Defaults.HOST, "RSA", folder));
        for (Kind kind : Kind.values()) {
            Map<KeyPairKind, InToken> made = new EnumMap<>(KeyPairKind.class);
            for (KeyPairKind key : KeyPairKind.values()) {
                made.put(key, make(tokens.software(kind), key));
            }
            KEYS.put(kind, made);
        }
    }

    private static InToken make(SoftwareToken token, KeyPairKind kind) throws Exception {
        SoftwareToken.KeyPair keys = token.generateKeyPair(kind);
        X509Certificate certificate = authority.certify(Defaults.HOST, keys.publicKey());
        token.storeCertificate(keys, certificate);
        return new InToken(keys, certificate);
    }

    private static TlsIdentity identity(Way way, KeyPairKind kind) throws IdentityException {
        InToken key = KEYS.get(way.token()).get(kind);
        // SunPKCS11 sees no keys of NSS without a database: another way to the same token signs.
        Token signing =
                way.token() == Kind.NSS
                        ? tokens.token(new Way(Kind.NSS, TokenRoute.CRYPTOKI))
                        : tokens.token(way);
        TlsIdentity identity = signing.identity(key.keys().selector());
        assertEquals(List.of(key.certificate()), identity.chain());
        assertNull(identity.privateKey().getEncoded(), "the key leaves the token");
        return identity;
    }

    @TestFactory
    Stream<DynamicTest> keysInTheToken() throws Exception {
        List<Row> rows = new ArrayList<>();
        for (Proof proof : Proof.ALL) {
            for (Way way : Way.ALL) {
                for (Tool tool : Tool.CLIENTS) {
                    rows.add(ourServer(tool, way, proof));
                }
                for (Tool tool : Tool.SERVERS) {
                    rows.add(ourClient(tool, way, proof));
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row ourServer(Tool tool, Way way, Proof proof) throws Exception {
        SslContext context =
                SslContext.builder()
                        .identity(identity(way, proof.key()))
                        .token(tokens.token(way))
                        .build();
        return Row.of(
                tool,
                proof.names(way),
                peer(tool, proof.suite(), proof)
                        .serverName(Defaults.HOST)
                        .expectedHost(Defaults.HOST)
                        .trust(authority.credentials()),
                new OurSetup(context, null, Io.BLOCKING),
                (ours, peer) -> exchange(tool, way, proof.suite(), ours, peer));
    }

    private static Row ourClient(Tool tool, Way way, Proof proof) throws Exception {
        TlsIdentity identity = identity(way, proof.key());
        return Row.of(
                tool,
                proof.names(way),
                peer(tool, proof.clientSuite(), proof)
                        .clientAuth(ClientAuth.REQUIRED)
                        .trust(authority.credentials()),
                defaults.ours(
                        tool,
                        Io.NON_BLOCKING,
                        builder -> builder.identity(identity).token(tokens.token(way))),
                (ours, peer) -> exchange(tool, way, proof.clientSuite(), ours, peer));
    }

    private static PeerSetup peer(Tool tool, CipherSuite suite, Proof proof) {
        PeerSetup peer = defaults.peer(tool).suite(PeerSuite.of(suite));
        return proof.signature() == null ? peer : peer.signature(proof.signature());
    }

    private static void exchange(Tool tool, Way way, CipherSuite suite, OurSide ours, Peer peer)
            throws Exception {
        assertEquals(suite, ours.handshake().suite());
        SealedExchange.run(tool, ours, peer, tokens.engine(way));
    }

    /** The JDK's key store shows stored keys only, and NSS without a database stores none. */
    @Test
    void sunPkcs11SaysHowToUseAKeyOfNss() {
        Token token = tokens.token(new Way(Kind.NSS, TokenRoute.SUNPKCS11));
        for (InToken key : KEYS.get(Kind.NSS).values()) {
            IdentityException refused =
                    assertThrows(
                            IdentityException.class, () -> token.identity(key.keys().selector()));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("engine = cryptoki"), message);
        }
    }
}
