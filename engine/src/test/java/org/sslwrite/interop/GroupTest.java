package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.NamedGroup;
import org.sslwrite.SslReason;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Groups for the key exchange, with and without HelloRetryRequest. */
class GroupTest {
    /** For which our client sends a key share unasked. */
    private static final NamedGroup FIRST = NamedGroup.values()[0];

    @TempDir static Path folder;
    private static Defaults defaults;

    @BeforeAll
    static void makeDefaults() throws Exception {
        defaults = Defaults.in(folder);
    }

    @TestFactory
    Stream<DynamicTest> groups() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.ALL) {
                for (NamedGroup group : NamedGroup.values()) {
                    rows.add(peerKnowsOnly(tool, version, group));
                }
                rows.add(nothingInCommon(tool, version));
            }
        }
        return Rows.run(rows, folder);
    }

    /** A server of TLS 1.3 that does not know the group of our key share asks for another. */
    private static Row peerKnowsOnly(Tool tool, TlsVersion version, NamedGroup group) {
        boolean retry = tool.isServer() && version == TlsVersion.TLSV1_3 && group != FIRST;
        return Row.of(
                tool,
                List.of(
                        version.toString(),
                        "peer knows " + group + (retry ? ", HelloRetryRequest" : "")),
                defaults.peer(tool, version).groups(List.of(group)),
                defaults.ours(tool, Io.BLOCKING),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                    assertEquals(retry ? 2 : 1, clientHellos(tool, peer), "ClientHellos");
                });
    }

    private static Row nothingInCommon(Tool tool, TlsVersion version) {
        return Row.of(
                tool,
                List.of(version.toString(), "no group in common"),
                defaults.peer(tool, version).groups(List.of(NamedGroup.SECP256R1)),
                defaults.ours(
                        tool, Io.BLOCKING, builder -> builder.groups(List.of(NamedGroup.X448))),
                tool.isServer()
                        ? Refusal.byPeer(SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE)
                        : Refusal.byUs(SslReason.NO_SHARED_GROUPS, "handshake_failure"));
    }

    @TestFactory
    Stream<DynamicTest> weAskForAnotherKeyShare() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : Tool.CLIENTS) {
            for (NamedGroup guessed : NamedGroup.values()) {
                for (NamedGroup wanted : NamedGroup.values()) {
                    if (guessed != wanted) {
                        rows.add(weRetry(tool, guessed, wanted));
                    }
                }
            }
        }
        return Rows.run(rows, folder);
    }

    /** The client knows the group that we want, but has sent a key share for another. */
    private static Row weRetry(Tool tool, NamedGroup guessed, NamedGroup wanted) {
        return Row.of(
                tool,
                List.of(
                        "TLSv1.3",
                        "guesses " + guessed + ", we want " + wanted,
                        "HelloRetryRequest"),
                defaults.peer(tool, TlsVersion.TLSV1_3).groups(List.of(guessed, wanted)),
                defaults.ours(tool, Io.BLOCKING, builder -> builder.groups(List.of(wanted))),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                    assertEquals(2, clientHellos(tool, peer), "ClientHellos");
                });
    }

    @TestFactory
    Stream<DynamicTest> orders() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : Tool.CLIENTS) {
            rows.add(orderDecides(tool, true));
            rows.add(orderDecides(tool, false));
        }
        return Rows.run(rows, folder);
    }

    /** Our order where we were given one; else the key share that is there. */
    private static Row orderDecides(Tool tool, boolean given) {
        List<NamedGroup> theirs = List.of(NamedGroup.SECP256R1, NamedGroup.SECP384R1);
        return Row.of(
                tool,
                List.of("TLSv1.3", "knows " + theirs, given ? "we want the last" : "no order"),
                defaults.peer(tool, TlsVersion.TLSV1_3).groups(theirs),
                defaults.ours(
                        tool,
                        Io.BLOCKING,
                        builder -> {
                            if (given) {
                                builder.groups(theirs.reversed());
                            }
                        }),
                (ours, peer) -> {
                    ours.handshake();
                    Exchange.hello(tool, ours, peer);
                    assertEquals(given ? 2 : 1, clientHellos(tool, peer), "ClientHellos");
                });
    }

    private static int clientHellos(Tool tool, Peer peer) throws IOException {
        return switch (tool) {
            case OpensslClient _, OpensslServer _ -> peer.count("], ClientHello");
            case GnutlsClient _ -> peer.count("]: CLIENT HELLO was queued");
            case GnutlsServer _ -> peer.count("]: CLIENT HELLO (1) was received");
        };
    }
}
