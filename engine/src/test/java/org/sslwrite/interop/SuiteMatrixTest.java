package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslContext;
import org.sslwrite.SslSession;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.CipherSuite.Authentication;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Every suite with every peer, in both roles, blocking and not, with writes of every size in both
 * directions, and an orderly end.
 *
 * <p>Both tools have all 17 suites (measured with OpenSSL 3.0.22 and GnuTLS 3.7.9): no combination
 * is left out.
 */
class SuiteMatrixTest {
    private static final String HOST = Defaults.HOST;
    private static final int MAX_FRAGMENT = 16384;

    @TempDir static Path folder;
    private static Map<String, Credentials> servers;
    private static final Map<List<Object>, SslContext> CONTEXTS = new ConcurrentHashMap<>();

    /**
     * A suite with what else tells one connection from another.
     *
     * @param algorithm of the server's key
     * @param encryptThenMac for CBC; null for a suite that knows no such thing
     */
    private record Variant(CipherSuite suite, String algorithm, @Nullable Boolean encryptThenMac) {
        static List<Variant> all() {
            List<Variant> all = new ArrayList<>();
            for (CipherSuite suite : CipherSuite.values()) {
                if (suite.authentication() == Authentication.ANY) {
                    all.add(new Variant(suite, "RSA", null));
                    all.add(new Variant(suite, "EC", null));
                    continue;
                }
                String key = suite.authentication() == Authentication.RSA ? "RSA" : "EC";
                if (suite.bulkCipher().isAead()) {
                    all.add(new Variant(suite, key, null));
                } else {
                    all.add(new Variant(suite, key, true));
                    all.add(new Variant(suite, key, false));
                }
            }
            return all;
        }

        List<String> names() {
            List<String> names = new ArrayList<>();
            names.add(suite.version().toString());
            names.add(suite.opensslName());
            if (suite.authentication() == Authentication.ANY) {
                names.add(algorithm + " key");
            }
            if (encryptThenMac != null) {
                names.add(encryptThenMac ? "etm" : "mte");
            }
            return names;
        }

        boolean isMacThenEncrypt() {
            return Boolean.FALSE.equals(encryptThenMac);
        }
    }

    @BeforeAll
    static void makeCredentials() throws Exception {
        servers =
                Map.of(
                        "RSA", Credentials.selfSigned(HOST, "RSA", folder),
                        "EC", Credentials.selfSigned(HOST, "EC", folder));
    }

    @TestFactory
    Stream<DynamicTest> suites() {
        List<Row> rows = new ArrayList<>();
        for (Variant variant : Variant.all()) {
            for (Io io : Io.values()) {
                for (int size : Payload.SIZES) {
                    for (Tool tool : Tool.ALL) {
                        rows.add(row(tool, variant, io, size));
                    }
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row row(Tool tool, Variant variant, Io io, int size) {
        // MAC-then-encrypt is what is left when either side leaves the extension out.
        boolean weDecline = variant.isMacThenEncrypt() && io == Io.BLOCKING;
        boolean peerDeclines = variant.isMacThenEncrypt() && io == Io.NON_BLOCKING;
        Credentials server = servers.get(variant.algorithm());
        PeerSetup peer =
                new PeerSetup().suite(PeerSuite.of(variant.suite())).encryptThenMac(!peerDeclines);
        if (tool.isServer()) {
            peer.credentials(server);
        } else {
            peer.serverName(HOST).trust(server).expectedHost(HOST);
        }
        SslContext context =
                CONTEXTS.computeIfAbsent(
                        List.of(tool.isServer(), server, weDecline),
                        key -> context(tool.isServer(), server, !weDecline));
        List<String> names = new ArrayList<>(variant.names());
        names.add(io.label);
        names.add(String.valueOf(size));
        return Row.of(
                tool,
                names,
                peer,
                new OurSetup(context, tool.isServer() ? HOST : null, io),
                (ours, process) -> exchange(tool, variant, size, ours, process));
    }

    private static SslContext context(boolean client, Credentials server, boolean encryptThenMac) {
        SslContext.Builder builder = SslContext.builder().encryptThenMac(encryptThenMac);
        if (client) {
            builder.trust(List.of(server.leaf()));
        } else {
            builder.identity(server.identity());
        }
        return builder.build();
    }

    private static void exchange(Tool tool, Variant variant, int size, OurSide ours, Peer peer)
            throws Exception {
        SslSession session = ours.handshake();
        assertEquals(variant.suite(), session.suite());
        assertEquals(variant.suite().version(), session.version());
        assertEquals(Boolean.TRUE.equals(variant.encryptThenMac()), session.encryptThenMac());
        assertEquals(HOST, session.serverName());

        List<Integer> bodies = Exchange.ofSize(size, tool, ours, peer);
        assertEquals(Math.ceilDiv(size, MAX_FRAGMENT), bodies.size(), "records");
    }
}
