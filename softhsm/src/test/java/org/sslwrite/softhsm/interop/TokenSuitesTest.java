package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.SslReason;
import org.sslwrite.SslSession;
import org.sslwrite.interop.Credentials;
import org.sslwrite.interop.Defaults;
import org.sslwrite.interop.Io;
import org.sslwrite.interop.OurSide;
import org.sslwrite.interop.Peer;
import org.sslwrite.interop.PeerSetup;
import org.sslwrite.interop.PeerSuite;
import org.sslwrite.interop.Refusal;
import org.sslwrite.interop.Row;
import org.sslwrite.interop.Rows;
import org.sslwrite.interop.Tool;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.CipherSuite.Authentication;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every suite with every peer in both roles, sealed by every token in every way; keys in software.
 */
class TokenSuitesTest {
    private static final List<Way> WAYS = Way.ALL;

    @TempDir static Path folder;
    @AutoClose private static OpenTokens tokens;
    private static Map<Authentication, Defaults> defaults;

    /**
     * A suite with what else tells one connection from another.
     *
     * @param encryptThenMac for CBC; null for a suite that knows no such thing
     */
    private record Variant(CipherSuite suite, @Nullable Boolean encryptThenMac) {
        static List<Variant> of(CipherSuite suite) {
            return suite.bulkCipher().isAead()
                    ? List.of(new Variant(suite, null))
                    : List.of(new Variant(suite, true), new Variant(suite, false));
        }

        List<String> names(Way way, Io io) {
            List<String> names = new ArrayList<>(List.of(way.toString()));
            names.addAll(List.of(suite.version().toString(), suite.opensslName()));
            if (encryptThenMac != null) {
                names.add(encryptThenMac ? "etm" : "mte");
            }
            names.add(io.label);
            return names;
        }

        boolean isMacThenEncrypt() {
            return Boolean.FALSE.equals(encryptThenMac);
        }
    }

    @BeforeAll
    static void open() throws Exception {
        tokens = new OpenTokens();
        Defaults rsa = new Defaults(Credentials.selfSigned(Defaults.HOST, "RSA", folder));
        Defaults ec = new Defaults(Credentials.selfSigned(Defaults.HOST, "EC", folder));
        defaults =
                Map.of(
                        Authentication.ANY, ec,
                        Authentication.ECDSA, ec,
                        Authentication.RSA, rsa);
    }

    @TestFactory
    Stream<DynamicTest> suites() {
        List<Row> rows = new ArrayList<>();
        for (CipherSuite suite : CipherSuite.values()) {
            for (Way way : WAYS) {
                if (!way.canSeal(suite)) {
                    continue;
                }
                for (Variant variant : Variant.of(suite)) {
                    for (Tool tool : Tool.ALL) {
                        rows.add(row(tool, way, variant));
                    }
                }
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row row(Tool tool, Way way, Variant variant) {
        Io io = io(tool, way, variant.suite());
        // MAC-then-encrypt is what is left when either side leaves the extension out.
        boolean weDecline = variant.isMacThenEncrypt() && io == Io.BLOCKING;
        boolean peerDeclines = variant.isMacThenEncrypt() && io == Io.NON_BLOCKING;
        return Row.of(
                tool,
                variant.names(way, io),
                peer(tool, variant.suite()).encryptThenMac(!peerDeclines),
                defaults.get(variant.suite().authentication())
                        .ours(tool, io, builder -> sealIn(way, builder).encryptThenMac(!weDecline)),
                (ours, peer) -> exchange(tool, way, variant, ours, peer));
    }

    /** Every second one, whatever the row has else. */
    private static Io io(Tool tool, Way way, CipherSuite suite) {
        int parity = suite.ordinal() + Tool.ALL.indexOf(tool) + WAYS.indexOf(way);
        return parity % 2 == 0 ? Io.BLOCKING : Io.NON_BLOCKING;
    }

    private static SslContext.Builder sealIn(Way way, SslContext.Builder builder) {
        return builder.token(tokens.token(way), OffloadPolicy.TOKEN_ONLY);
    }

    private static PeerSetup peer(Tool tool, CipherSuite suite) {
        Defaults known = defaults.get(suite.authentication());
        PeerSetup peer = known.peer(tool).suite(PeerSuite.of(suite));
        return tool.isServer()
                ? peer
                : peer.serverName(Defaults.HOST).trust(known.server()).expectedHost(Defaults.HOST);
    }

    private static void exchange(Tool tool, Way way, Variant variant, OurSide ours, Peer peer)
            throws Exception {
        SslSession session = ours.handshake();
        assertEquals(variant.suite(), session.suite());
        assertEquals(Boolean.TRUE.equals(variant.encryptThenMac()), session.encryptThenMac());
        SealedExchange.run(tool, ours, peer, tokens.engine(way));
    }

    // ------------------------------------------------------------------ what a token cannot seal

    @TestFactory
    Stream<DynamicTest> refusals() {
        List<Row> rows = new ArrayList<>();
        for (CipherSuite suite : CipherSuite.values()) {
            for (Way way : WAYS) {
                if (!way.canSeal(suite)) {
                    Tool.ALL.forEach(tool -> rows.add(refusal(tool, way, suite)));
                }
            }
        }
        assertFalse(rows.isEmpty(), "SoftHSM has no ChaCha20");
        return Rows.run(rows, folder);
    }

    /** Software does not take over: there is no suite that both sides have. */
    private static Row refusal(Tool tool, Way way, CipherSuite suite) {
        return Row.of(
                tool,
                List.of(way.toString(), suite.version().toString(), suite.opensslName(), "refused"),
                peer(tool, suite),
                defaults.get(suite.authentication())
                        .ours(tool, Io.BLOCKING, builder -> sealIn(way, builder)),
                tool.isServer()
                        ? Refusal.byPeer(SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE)
                        : Refusal.byUs(SslReason.NO_SHARED_CIPHER, "handshake_failure"));
    }

    @ParameterizedTest
    @FieldSource("WAYS")
    void aContextHasTheSuitesThatItsTokenCanSeal(Way way) {
        SslContext context = sealIn(way, SslContext.builder()).build();
        List<CipherSuite> possible = Stream.of(CipherSuite.values()).filter(way::canSeal).toList();
        assertEquals(possible, context.cipherSuites());
        for (CipherSuite suite : CipherSuite.values()) {
            if (!way.canSeal(suite)) {
                assertNull(context.sealerFor(suite), suite.toString());
                SslContext.Builder alone =
                        sealIn(way, SslContext.builder())
                                .versions(List.of(suite.version()))
                                .cipherSuites(List.of(suite));
                assertThrows(IllegalArgumentException.class, alone::build);
            }
        }
    }
}
