package org.sslwrite.bench;

import org.sslwrite.Identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;

/**
 * The JDK's {@link SSLEngine} in the server's role, past its handshake, with TLS 1.3 and
 * AES-128-GCM.
 */
final class JsseWriter {
    private static final char[] NO_PASSWORD = new char[0];

    private final SSLEngine engine;
    private final ByteBuffer record;

    JsseWriter(Identity identity) throws GeneralSecurityException, IOException {
        SSLContext context = context(identity);
        this.engine = engine(context, false);
        handshake(engine, engine(context, true));
        this.record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    }

    /**
     * Seals the remaining bytes of a buffer into as many records as they need; throws the records
     * away.
     */
    int wrap(ByteBuffer src) throws IOException {
        int sealed = 0;
        while (src.hasRemaining()) {
            sealed += engine.wrap(src, record.clear()).bytesProduced();
        }
        return sealed;
    }

    private static SSLContext context(Identity identity)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "key",
                identity.privateKey(),
                NO_PASSWORD,
                identity.chain().toArray(Certificate[]::new));
        store.setCertificateEntry("anchor", identity.certificate());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, NO_PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static SSLEngine engine(SSLContext context, boolean client) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        engine.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"});
        return engine;
    }

    private static void handshake(SSLEngine server, SSLEngine client) throws IOException {
        ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
        client.beginHandshake();
        server.beginHandshake();
        while (isHandshaking(server) || isHandshaking(client)) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
        }
    }

    private static boolean isHandshaking(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws IOException {
        ByteBuffer plain = ByteBuffer.allocate(1 << 16);
        switch (engine.getHandshakeStatus()) {
            case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
            case NEED_TASK -> engine.getDelegatedTask().run();
            default -> {
                engine.unwrap(in.flip(), plain);
                in.compact();
            }
        }
    }
}
