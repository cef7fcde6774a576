package org.sslwrite.interop.jdk;

import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's own TLS, restricted to one suite, with an identity that it both has and trusts. */
final class JdkPeers {
    private static final char[] NO_PASSWORD = new char[0];

    private final SSLContext context;
    private final String protocol;
    private final String suite;

    JdkPeers(TlsIdentity identity, String protocol, String suite)
            throws GeneralSecurityException, IOException {
        this.protocol = protocol;
        this.suite = suite;
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] chain = identity.chain().toArray(Certificate[]::new);
        store.setKeyEntry("key", identity.privateKey(), NO_PASSWORD, chain);
        store.setCertificateEntry("anchor", identity.certificate());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, NO_PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        // Every connection is to be a full handshake.
        context.getServerSessionContext().setSessionCacheSize(1);
        context.getClientSessionContext().setSessionCacheSize(1);
    }

    SSLSocket client(int port) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        SSLParameters parameters = restricted(socket.getSSLParameters());
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    SSLServerSocket server() throws IOException {
        SSLServerSocket listener =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setSSLParameters(restricted(listener.getSSLParameters()));
        return listener;
    }

    private SSLParameters restricted(SSLParameters parameters) {
        parameters.setProtocols(new String[] {protocol});
        parameters.setCipherSuites(new String[] {suite});
        return parameters;
    }
}
