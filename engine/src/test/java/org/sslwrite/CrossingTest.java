package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.bio.BioPair;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;

/** Two of us, each with plans of its own at the same time. */
@Timeout(30)
class CrossingTest {
    private final Ssl client;
    private final Ssl server;

    CrossingTest() {
        client = newSsl(SslContext.builder().trust(List.of(Pki.CA.certificate())));
        server = newSsl(SslContext.builder().identity(Pki.EC.identity()));
        client.setHost(Pki.HOST);
        client.setConnectState();
        server.setAcceptState();
    }

    private static Ssl newSsl(SslContext.Builder builder) {
        return builder.allowRenegotiation(true).build().newSsl();
    }

    private static Ssl newSsl12(SslContext.Builder builder) {
        return newSsl(builder.versions(List.of(TlsVersion.TLSV1_2)));
    }

    private static void handshake(Ssl client, Ssl server) {
        BioPair pair = new BioPair(100_000, 100_000);
        client.setBio(pair.first());
        server.setBio(pair.second());
        for (int i = 0; i < 10; i++) {
            client.doHandshake();
            server.doHandshake();
        }
        assertTrue(client.isInitFinished() && server.isInitFinished());
    }

    private static void transfer(Ssl from, Ssl to, byte[] data) {
        ByteBuffer src = ByteBuffer.wrap(data);
        ByteBuffer dst = ByteBuffer.allocate(data.length);
        for (int i = 0; i < 2_000 && dst.hasRemaining(); i++) {
            if (src.hasRemaining()) {
                assertNoFailure(from, from.write(src));
            }
            assertNoFailure(to, to.read(dst));
            assertNoFailure(from, from.read(ByteBuffer.allocate(1)));
        }
        assertArrayEquals(data, dst.array());
    }

    private static void assertNoFailure(Ssl ssl, int result) {
        SslError error = ssl.getError(result);
        assertTrue(
                error != SslError.SSL && error != SslError.SYSCALL,
                () -> error + " " + ssl.failure());
    }

    /** RFC 5246 section 7.4.1.1: a client in the middle of a handshake ignores a HelloRequest. */
    @Tag("W20")
    @Test
    void bothAskToRenegotiate() {
        try (Ssl client12 = newSsl12(SslContext.builder().trust(List.of(Pki.CA.certificate())));
                Ssl server12 = newSsl12(SslContext.builder().identity(Pki.EC.identity()))) {
            client12.setHost(Pki.HOST);
            client12.setConnectState();
            server12.setAcceptState();
            handshake(client12, server12);
            assertEquals(1, client12.renegotiate());
            assertEquals(1, server12.renegotiate());
            transfer(server12, client12, Data.bytes(50_000));
            transfer(client12, server12, Data.bytes(50_000));
        }
    }

    @Tag("W20")
    @Test
    void closeNotifyInsteadOfARenegotiation() {
        try (Ssl client12 = newSsl12(SslContext.builder().trust(List.of(Pki.CA.certificate())));
                Ssl server12 = newSsl12(SslContext.builder().identity(Pki.EC.identity()))) {
            client12.setHost(Pki.HOST);
            client12.setConnectState();
            server12.setAcceptState();
            handshake(client12, server12);
            assertEquals(0, server12.shutdown());
            assertEquals(1, client12.renegotiate());
            int n = client12.write(ByteBuffer.allocate(1));
            assertEquals(-1, n);
            assertEquals(SslError.SSL, client12.getError(n), () -> "" + client12.failure());
        }
    }

    /** Answers that were asked for are no flood, however one-sided the data is. */
    @Tag("K1")
    @Test
    void manyKeyUpdatesThatAreAskedFor() {
        handshake(client, server);
        byte[] data = Data.bytes(10);
        for (int i = 0; i < 100; i++) {
            assertEquals(1, client.keyUpdate(true));
            transfer(client, server, data);
            assertEquals(0, server.write(ByteBuffer.allocate(0)), () -> "" + server.failure());
        }
        transfer(server, client, data);
        client.close();
        server.close();
    }

    /** The limit is for application data: a handshake of many records is none of its business. */
    @Tag("K3")
    @Test
    void fewRecordsPerKeyLeaveTheHandshakeAlone() {
        TlsIdentity identity = Pki.EC.identity();
        List<X509Certificate> ca = List.of(Pki.CA.certificate());
        try (Ssl strictServer =
                        SslContext.builder()
                                .identity(identity)
                                .trust(ca)
                                .clientAuth(ClientAuth.REQUIRED)
                                .recordsPerKey(4)
                                .maxSendFragment(512)
                                .build()
                                .newSsl();
                Ssl strictClient =
                        SslContext.builder()
                                .identity(identity)
                                .trust(ca)
                                .recordsPerKey(4)
                                .build()
                                .newSsl()) {
            strictClient.setHost(Pki.HOST);
            strictClient.setConnectState();
            strictServer.setAcceptState();
            handshake(strictClient, strictServer);
            transfer(strictServer, strictClient, Data.bytes(100_000));
        }
    }
}
