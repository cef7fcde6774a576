package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslReason;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The application protocol, in both roles: agreed on, left out, or refused. */
class AlpnTest {
    private static final List<String> OURS = List.of("h2", "http/1.1");

    @TempDir static Path folder;
    private static Defaults defaults;

    @BeforeAll
    static void makeDefaults() throws Exception {
        defaults = Defaults.in(folder);
    }

    @TestFactory
    Stream<DynamicTest> rows() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.ALL) {
                rows.add(agreed(tool, version, List.of("http/1.1"), "http/1.1"));
                rows.add(agreed(tool, version, List.of(), null));
                rows.add(nothingInCommon(tool, version));
            }
            for (Tool tool : Tool.CLIENTS) {
                // RFC 7301 section 3.2: the server's preference counts.
                rows.add(agreed(tool, version, List.of("http/1.1", "h2"), "h2"));
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row agreed(
            Tool tool, TlsVersion version, List<String> theirs, @Nullable String agreed) {
        return Row.of(
                tool,
                List.of(version.toString(), "ALPN", "we know " + OURS, "peer knows " + theirs),
                defaults.peer(tool, version).alpn(theirs).talkative(),
                defaults.ours(tool, Io.BLOCKING, builder -> builder.alpn(OURS)),
                (ours, peer) -> {
                    assertEquals(agreed, ours.handshake().alpn());
                    Exchange.hello(tool, ours, peer);
                    if (agreed != null) {
                        assertTrue(peer.words().contains(shown(tool, agreed)), "shown by peer");
                    }
                });
    }

    private static String shown(Tool tool, String agreed) {
        return switch (tool) {
            case OpensslClient _ -> "ALPN protocol: " + agreed;
            case OpensslServer _ -> "ALPN protocols selected: " + agreed;
            case GnutlsClient _, GnutlsServer _ -> "- Application protocol: " + agreed;
        };
    }

    private static Row nothingInCommon(Tool tool, TlsVersion version) {
        return Row.of(
                tool,
                List.of(version.toString(), "ALPN", "nothing in common"),
                defaults.peer(tool, version).alpn(List.of("acme-tls/1")),
                defaults.ours(tool, Io.BLOCKING, builder -> builder.alpn(OURS)),
                tool.isServer()
                        ? Refusal.byPeer(SslReason.TLSV1_ALERT_NO_APPLICATION_PROTOCOL)
                        : Refusal.byUs(
                                SslReason.NO_APPLICATION_PROTOCOL, "no_application_protocol"));
    }
}
