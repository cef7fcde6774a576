package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.interop.Authority;
import org.sslwrite.interop.Deadline;
import org.sslwrite.interop.Defaults;
import org.sslwrite.interop.Exchange;
import org.sslwrite.interop.Io;
import org.sslwrite.interop.OurSetup;
import org.sslwrite.interop.OurSide;
import org.sslwrite.interop.Payload;
import org.sslwrite.interop.Peer;
import org.sslwrite.interop.PeerSetup;
import org.sslwrite.interop.PeerSuite;
import org.sslwrite.interop.Row;
import org.sslwrite.interop.Rows;
import org.sslwrite.interop.Tool;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Two tokens of one module, a token of another, and software, all in use in one process. */
class SeveralTokensTest {
    private static final String SOFTWARE_HOST = "software.example";
    private static final String SOFTWARE_ENGINE =
            SslContext.builder()
                    .trustAnyone()
                    .build()
                    .sealerFor(CipherSuite.TLS_AES_128_GCM_SHA256)
                    .engine();
    private static final int ROUNDS = 10;
    private static final int PER_ROUND = 20_000;
    private static final int RECORDS_PER_ROUND = 2;

    @TempDir static Path folder;
    private static Authority authority;
    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static Holder one;
    private static Holder two;
    private static Holder nss;
    private static Holder software;

    /**
     * Holds a private key, and seals records.
     *
     * @param token null for software
     */
    private record Holder(String name, @Nullable Token token, TlsIdentity identity) {
        static Holder of(String name, Kind kind, TokenRoute engine, KeyPairKind key)
                throws Exception {
            SoftwareToken provisioned = SoftwareToken.create(kind);
            OPEN.addFirst(provisioned);
            Token token = OpenTokens.open(provisioned, engine);
            OPEN.addFirst(token);
            SoftwareToken.KeyPair keys = provisioned.generateKeyPair(key);
            X509Certificate certificate = authority.certify(Defaults.HOST, keys.publicKey());
            provisioned.storeCertificate(keys, certificate);
            return new Holder(name, token, token.identity(keys.selector()));
        }

        String engine() {
            return token == null ? SOFTWARE_ENGINE : token.config().name();
        }

        SslContext.Builder seal(SslContext.Builder builder) {
            return token == null ? builder : builder.token(token);
        }
    }

    @BeforeAll
    static void open() throws Exception {
        OpenTokens.assumeInstalled();
        authority = new Authority(folder);
        one = Holder.of("SoftHSM 1", Kind.SOFTHSM, TokenRoute.CRYPTOKI, KeyPairKind.RSA_2048);
        two = Holder.of("SoftHSM 2", Kind.SOFTHSM, TokenRoute.SUNPKCS11, KeyPairKind.EC_P384);
        nss = Holder.of("NSS", Kind.NSS, TokenRoute.CRYPTOKI, KeyPairKind.EC_P256);
        Duration day = Duration.ofDays(1);
        TlsIdentity identity = authority.issue(SOFTWARE_HOST, day.negated(), day).identity();
        software = new Holder("software", null, identity);
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable open : OPEN) {
            open.close();
        }
    }

    // ------------------------------------------------------- one server, whose keys are everywhere

    @TestFactory
    Stream<DynamicTest> oneServer() {
        List<Row> rows = new ArrayList<>();
        for (Tool tool : Tool.CLIENTS) {
            for (Holder sealing : List.of(one, two, nss)) {
                rows.add(
                        oneServer(
                                tool,
                                sealing,
                                one,
                                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                                Defaults.HOST));
                rows.add(
                        oneServer(
                                tool,
                                sealing,
                                nss,
                                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                Defaults.HOST));
                rows.add(
                        oneServer(
                                tool,
                                sealing,
                                software,
                                CipherSuite.TLS_AES_128_GCM_SHA256,
                                SOFTWARE_HOST));
            }
        }
        return Rows.run(rows, folder);
    }

    private static Row oneServer(
            Tool tool, Holder sealing, Holder signing, CipherSuite suite, String host) {
        SslContext context =
                sealing.seal(SslContext.builder())
                        .identity(one.identity())
                        .identity(nss.identity())
                        .identity(software.identity())
                        .build();
        return Row.of(
                tool,
                List.of("signed in " + signing.name(), "sealed in " + sealing.name()),
                peerThatExpects(host).suite(PeerSuite.of(suite)),
                new OurSetup(context, null, Io.BLOCKING),
                (ours, peer) -> {
                    assertEquals(suite, ours.handshake().suite());
                    SealedExchange.run(tool, ours, peer, sealing.engine());
                });
    }

    private static PeerSetup peerThatExpects(String host) {
        return new PeerSetup().serverName(host).expectedHost(host).trust(authority.credentials());
    }

    // --------------------------------------------------------------- all at once, write by write

    /** One of many connections, all open at the same time. */
    private record Connection(
            String name, Tool tool, Peer peer, OurSide ours, String engine, byte[] sent)
            implements AutoCloseable {
        static Connection open(Tool tool, Holder signing, Holder sealing, String host)
                throws Exception {
            SslContext context =
                    sealing.seal(SslContext.builder()).identity(signing.identity()).build();
            OurSetup setup = new OurSetup(context, null, Io.BLOCKING);
            String name = "signed in " + signing.name() + " · sealed in " + sealing.name();
            Peer peer = Peer.start(tool, peerThatExpects(host), folder);
            try {
                OurSide ours = OurSide.over(peer.connection(), true, setup);
                byte[] sent = Payload.binary(ROUNDS * PER_ROUND, name.hashCode());
                return new Connection(
                        tool.label() + " · " + name, tool, peer, ours, sealing.engine(), sent);
            } catch (Exception | Error e) {
                peer.close();
                throw e;
            }
        }

        void write(int round) {
            int from = round * PER_ROUND;
            byte[] part = Arrays.copyOfRange(sent, from, from + PER_ROUND);
            assertEquals(RECORDS_PER_ROUND, ours.write(part).size(), name);
        }

        void end() throws Exception {
            Exchange.helloFromPeer(ours, peer);
            Exchange.end(tool, ours, peer);
            assertEquals(Payload.digest(sent), Payload.digest(peer.received()), name);
            SealedExchange.assertSealed(
                    engine, ROUNDS * RECORDS_PER_ROUND, sent.length, ours.statistics());
            Rows.countPassed(name + " · side by side");
        }

        void abort() {
            peer.kill();
            ours.abort();
        }

        @Override
        public void close() {
            try (peer) {
                ours.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void manyConnectionsSideBySide() throws Exception {
        Tool.CLIENTS.forEach(Rows::assumeInstalled);
        List<Connection> connections = new ArrayList<>();
        try (Deadline deadline = new Deadline(Duration.ofSeconds(60))) {
            for (Holder signing : List.of(one, two, nss, software)) {
                for (Holder sealing : List.of(one, two, nss, software)) {
                    Tool tool = Tool.CLIENTS.get(connections.size() % 2);
                    String host = signing == software ? SOFTWARE_HOST : Defaults.HOST;
                    Connection connection = Connection.open(tool, signing, sealing, host);
                    connections.add(connection);
                    deadline.guard(connection::abort);
                }
            }
            connections.forEach(connection -> connection.ours().handshake());
            for (int round = 0; round < ROUNDS; round++) {
                for (Connection connection : connections) {
                    connection.write(round);
                }
            }
            for (Connection connection : connections) {
                connection.end();
            }
            assertFalse(deadline.hasPassed());
        } finally {
            connections.forEach(Connection::close);
        }
    }
}
