package org.sslwrite.handshake;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;

/**
 * A handshake as a trust manager wants to see it: the platform checks host names and algorithm
 * constraints only when it is given an {@link SSLEngine} with a session. Answers questions; moves
 * no data.
 */
final class TrustManagerEngine extends SSLEngine {
    private final Session session;
    private final boolean client;
    private final SSLParameters parameters = new SSLParameters();

    TrustManagerEngine(
            TlsVersion version,
            CipherSuite suite,
            List<X509Certificate> peer,
            @Nullable String host,
            boolean client) {
        super(host, -1);
        this.client = client;
        this.session = new Session(version, suite, peer, host);
        if (client && host != null && Hosts.isKnownToPlatform(host)) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
    }

    @Override
    public SSLSession getHandshakeSession() {
        return session;
    }

    @Override
    public SSLSession getSession() {
        return session;
    }

    @Override
    public SSLParameters getSSLParameters() {
        return parameters;
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[] {session.getCipherSuite()};
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return getSupportedCipherSuites();
    }

    @Override
    public String[] getSupportedProtocols() {
        return new String[] {session.getProtocol()};
    }

    @Override
    public String[] getEnabledProtocols() {
        return getSupportedProtocols();
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        return HandshakeStatus.NEED_TASK;
    }

    @Override
    public boolean getUseClientMode() {
        return client;
    }

    @Override
    public boolean getNeedClientAuth() {
        return false;
    }

    @Override
    public boolean getWantClientAuth() {
        return false;
    }

    @Override
    public boolean getEnableSessionCreation() {
        return true;
    }

    @Override
    public boolean isInboundDone() {
        return false;
    }

    @Override
    public boolean isOutboundDone() {
        return false;
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        return null;
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) {
        throw viewOnly();
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer src, ByteBuffer[] dsts, int offset, int length) {
        throw viewOnly();
    }

    @Override
    public void closeInbound() {
        throw viewOnly();
    }

    @Override
    public void closeOutbound() {
        throw viewOnly();
    }

    @Override
    public void beginHandshake() {
        throw viewOnly();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        throw viewOnly();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        throw viewOnly();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        throw viewOnly();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        throw viewOnly();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        throw viewOnly();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        throw viewOnly();
    }

    private static UnsupportedOperationException viewOnly() {
        return new UnsupportedOperationException(
                "this is a view of a handshake, for trust managers to ask");
    }

    private record Session(
            TlsVersion version,
            CipherSuite suite,
            List<X509Certificate> peer,
            @Nullable String host)
            implements SSLSession {
        @Override
        public @Nullable String getPeerHost() {
            return host;
        }

        @Override
        public int getPeerPort() {
            return -1;
        }

        @Override
        public String getProtocol() {
            return version.toString();
        }

        @Override
        public String getCipherSuite() {
            return suite.name();
        }

        @Override
        public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
            if (peer.isEmpty()) {
                throw new SSLPeerUnverifiedException("the peer sent no certificate");
            }
            return peer.toArray(Certificate[]::new);
        }

        @Override
        public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
            return ((X509Certificate) getPeerCertificates()[0]).getSubjectX500Principal();
        }

        @Override
        public Certificate @Nullable [] getLocalCertificates() {
            return null;
        }

        @Override
        public @Nullable Principal getLocalPrincipal() {
            return null;
        }

        @Override
        public byte[] getId() {
            return new byte[0];
        }

        @Override
        public @Nullable SSLSessionContext getSessionContext() {
            return null;
        }

        @Override
        public long getCreationTime() {
            return System.currentTimeMillis();
        }

        @Override
        public long getLastAccessedTime() {
            return getCreationTime();
        }

        @Override
        public void invalidate() {
            throw viewOnly();
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public void putValue(String name, Object value) {
            throw viewOnly();
        }

        @Override
        public @Nullable Object getValue(String name) {
            return null;
        }

        @Override
        public void removeValue(String name) {
            throw viewOnly();
        }

        @Override
        public String[] getValueNames() {
            return new String[0];
        }

        @Override
        public int getPacketBufferSize() {
            return 0x4000 + 256 + 5;
        }

        @Override
        public int getApplicationBufferSize() {
            return 0x4000;
        }
    }
}
