package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.BioPair;
import org.sslwrite.kit.Pki;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Connections come and go, some of them badly; their keys and sessions must go with them. */
class LeakTest {
    /** Connections of each of two threads. */
    private static final int EACH = 5_000;

    private static final int THROUGH_SUNPKCS11 = 1_000;
    private static final int CACHED_BY_SUNPKCS11 = 16;
    private static final int CAPACITY = 40_000;

    /** How a connection ends. */
    private enum End {
        GOOD,
        TOKEN_FAILS_AT_A_RECORD,
        TOKEN_REFUSES_A_KEY,
        CLOSED_IN_THE_HANDSHAKE,
        PEER_SENDS_RUBBISH;

        /** Every tenth badly, each in its turn. */
        static End of(int connection) {
            boolean good = connection % 10 != 0;
            return good ? GOOD : values()[1 + connection / 10 % (values().length - 1)];
        }
    }

    /** A client whose records one token seals, and a server whose records another seals. */
    private static final class Couple {
        private final SslContext client;
        private final SslContext server;

        Couple(SealerFactory forClient, SealerFactory forServer) {
            client = common(forClient).trustAnyone().build();
            server = common(forServer).identity(Pki.EC.identity()).build();
        }

        private static SslContext.Builder common(SealerFactory sealers) {
            return SslContext.builder()
                    .versions(List.of(TlsVersion.TLSV1_3))
                    .cipherSuites(List.of(CipherSuite.TLS_AES_128_GCM_SHA256))
                    .offload(sealers, OffloadPolicy.TOKEN_ONLY);
        }

        /**
         * A connection from its beginning to its end.
         *
         * @param harm done to the tokens, after the handshake if they fail at a record
         * @return whether the data arrived
         */
        boolean talk(End end, Runnable harm) {
            BioPair pair = new BioPair(CAPACITY, CAPACITY);
            try (Ssl client = this.client.newSsl();
                    Ssl server = this.server.newSsl()) {
                client.setBio(pair.first());
                server.setBio(pair.second());
                if (end == End.TOKEN_REFUSES_A_KEY) {
                    harm.run();
                }
                if (!shakeHands(client, server, end)) {
                    return false;
                }
                if (end == End.TOKEN_FAILS_AT_A_RECORD) {
                    harm.run();
                }
                if (end == End.PEER_SENDS_RUBBISH) {
                    send(pair.first(), new byte[] {23, 3, 3, 0, 1, 0});
                }
                return exchange(client, server);
            }
        }

        private static void send(Bio bio, byte[] bytes) {
            try {
                bio.write(ByteBuffer.wrap(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static boolean shakeHands(Ssl client, Ssl server, End end) {
            for (int turn = 0; turn < 10; turn++) {
                boolean done = step(client, client.connect()) & step(server, server.accept());
                if (done) {
                    return true;
                }
                if (turn == 0 && end == End.CLOSED_IN_THE_HANDSHAKE) {
                    return false;
                }
            }
            return false;
        }

        private static boolean step(Ssl ssl, int result) {
            return result == 1 && ssl.getError(result) == SslError.NONE;
        }

        private static boolean exchange(Ssl client, Ssl server) {
            ByteBuffer question = ByteBuffer.wrap(new byte[100]);
            ByteBuffer answer = ByteBuffer.allocate(100);
            return client.write(question) == 100
                    && server.read(answer) == 100
                    && server.write(answer.flip()) == 100
                    && client.read(answer.clear()) == 100;
        }
    }

    /** Both tokens in each connection: one seals for the client, the other for the server. */
    @Test
    @Timeout(180)
    void tenThousandConnectionsLeaveNothing() throws Exception {
        try (Rig nss = Rig.mocked(Kind.NSS);
                Rig softhsm = Rig.mocked(Kind.SOFTHSM);
                Rig nssToo = Rig.mocked(Kind.NSS);
                Rig softhsmToo = Rig.mocked(Kind.SOFTHSM)) {
            CompletableFuture.allOf(
                            CompletableFuture.runAsync(() -> talkOften(nss, softhsm)),
                            CompletableFuture.runAsync(() -> talkOften(nssToo, softhsmToo)))
                    .join();
            for (Rig rig : List.of(nss, softhsm, nssToo, softhsmToo)) {
                assertTrue(rig.seam().calls("C_CreateObject") > EACH * 9 / 10, "it was used");
                assertTrue(rig.seam().strikes() > EACH / 100, "it failed");
                rig.assertNoKeyLeft();
                assertTrue(rig.holdings().sessions() <= 2, "one for keys, one for records");
                rig.assertNoNonceTwice(Family.TLS13_GCM);
                rig.token().close();
                assertEquals(0, rig.holdings().sessions());
            }
        }
    }

    private static void talkOften(Rig first, Rig second) {
        Couple couple = new Couple(first.sealers(), second.sealers());
        int arrived = 0;
        for (int i = 1; i <= EACH; i++) {
            End end = End.of(i);
            Rig broken = i % 20 == 0 ? first : second;
            arrived += couple.talk(end, () -> fail(broken, end)) ? 1 : 0;
            broken.seam().heal();
        }
        assertEquals(EACH - EACH / 10, arrived, "all that nobody disturbed");
    }

    private static void fail(Rig rig, End end) {
        String function = end == End.TOKEN_REFUSES_A_KEY ? "C_CreateObject" : "C_Encrypt";
        rig.seam().failAlways(function, Faults.answering(Ckr.CKR_DEVICE_ERROR));
    }

    /**
     * SunPKCS11 destroys a key some time after nothing refers to it, and closes sessions likewise;
     * a cache of its own refers to the latest.
     */
    @ParameterizedTest
    @EnumSource(Kind.class)
    @Timeout(120)
    void thousandConnectionsThroughSunPkcs11LeaveNothing(Kind kind) throws Exception {
        try (Rig rig = Rig.real(kind, TokenRoute.SUNPKCS11)) {
            Couple couple = new Couple(rig.token().sealers(), rig.token().sealers());
            int sessions = rig.census().sessions();
            Set<Long> before = rig.census().sessionObjects();
            for (int i = 1; i <= THROUGH_SUNPKCS11; i++) {
                End end = i % 10 == 0 ? End.CLOSED_IN_THE_HANDSHAKE : End.GOOD;
                assertEquals(end == End.GOOD, couple.talk(end, () -> {}));
            }
            await("keys", () -> added(rig, before) <= CACHED_BY_SUNPKCS11);
            assertTrue(rig.census().sessions() <= sessions + 6, "what its pool keeps");
            if (kind == Kind.SOFTHSM) {
                // It has a login, and with the end of that the provider lets go of everything.
                rig.token().close();
                await("keys in the cache", () -> added(rig, before) == 0);
            }
        }
    }

    /** Something that the JDK does when nothing refers to a key any more. */
    private static void await(String what, Callable<Boolean> done) throws Exception {
        long patience = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!done.call()) {
            assertTrue(System.nanoTime() < patience, what + " are left");
            System.gc();
            Thread.onSpinWait();
        }
    }

    private static int added(Rig rig, Set<Long> before) throws TokenException {
        Set<Long> now = rig.census().sessionObjects();
        now.removeAll(before);
        return now.size();
    }
}
