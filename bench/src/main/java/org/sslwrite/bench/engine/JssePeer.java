package org.sslwrite.bench.engine;

import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.conscrypt.Conscrypt;
import org.sslwrite.protocol.CipherSuite;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;

import javax.net.ssl.SSLContext;

/** A provider of {@link SSLContext}. */
final class JssePeer implements Engine {
    private final SSLContext context;
    private final Clients clients;
    private final boolean isNative;

    private JssePeer(Provider provider, Clients clients, boolean isNative)
            throws GeneralSecurityException {
        this.context = SSLContext.getInstance("TLS", provider);
        this.clients = clients;
        this.isNative = isNative;
        SslEngines.init(context, SslEngines.identity());
    }

    static JssePeer jdk() throws GeneralSecurityException {
        return new JssePeer(Security.getProvider("SunJSSE"), Clients.BOUNCY_CASTLE, false);
    }

    static JssePeer conscrypt() throws GeneralSecurityException {
        return new JssePeer(Conscrypt.newProvider(), Clients.JDK, true);
    }

    static JssePeer bouncyCastle() throws GeneralSecurityException {
        return new JssePeer(new BouncyCastleJsseProvider(), Clients.JDK, false);
    }

    @Override
    public Connection connect(CipherSuite suite, boolean direct) throws AbsentException {
        return SslEngines.connect(
                context.createSSLEngine(), () -> {}, clients, suite, direct || isNative);
    }

    @Override
    public void close() {}
}
