package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.ClientAuth;
import org.sslwrite.SslReason;
import org.sslwrite.TlsIdentity;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A chain of twelve certificates, each of which the next has signed, through the platform's PKIX.
 */
class LongChainTest {
    private static final int LENGTH = 12;

    @TempDir static Path folder;
    private static Pki root;
    private static Credentials deep;
    private static Defaults defaults;

    @BeforeAll
    static void makeChain() throws Exception {
        defaults = Defaults.in(folder);
        root = Pki.authority("root of a long chain");
        List<Pki> issuers = new ArrayList<>();
        Pki issuer = root;
        for (int i = 1; i < LENGTH; i++) {
            issuer = issuer.issueAuthority("intermediate " + i);
            issuers.addFirst(issuer);
        }
        TlsIdentity leaf =
                issuer.issue("EC", "leaf", Defaults.HOST).identity(issuers.toArray(Pki[]::new));
        deep = Credentials.of(leaf, folder);
    }

    @TestFactory
    Stream<DynamicTest> longChains() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (int limit : new int[] {LENGTH, LENGTH - 1}) {
                rows.add(ourClient(version, limit));
                rows.add(ourServer(version, limit));
            }
        }
        return Rows.run(rows, folder);
    }

    private static List<String> names(TlsVersion version, int limit) {
        return List.of(version.toString(), LENGTH + " certificates, at most " + limit);
    }

    private static Row ourClient(TlsVersion version, int limit) {
        Tool tool = new OpensslServer();
        return Row.of(
                tool,
                names(version, limit),
                defaults.peer(tool, version).credentials(deep),
                defaults.ours(
                        tool,
                        Io.BLOCKING,
                        builder ->
                                builder.trust(List.of(root.certificate()))
                                        .maxCertificateChainLength(limit)),
                scenario(tool, limit));
    }

    private static Row ourServer(TlsVersion version, int limit) {
        Tool tool = new OpensslClient();
        return Row.of(
                tool,
                names(version, limit),
                defaults.peer(tool, version).credentials(deep),
                defaults.ours(
                        tool,
                        Io.BLOCKING,
                        builder ->
                                builder.trust(List.of(root.certificate()))
                                        .clientAuth(ClientAuth.REQUIRED)
                                        .maxCertificateChainLength(limit)),
                scenario(tool, limit));
    }

    private static Row.Scenario scenario(Tool tool, int limit) {
        return limit < LENGTH
                ? Refusal.byUs(SslReason.CERTIFICATE_VERIFY_FAILED, "bad_certificate")
                : (ours, peer) -> {
                    assertEquals(deep.identity().chain(), ours.handshake().peerCertificates());
                    Exchange.hello(tool, ours, peer);
                };
    }
}
