package org.sslwrite.bench.engine;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * The other end of a connection, for an engine of another make: the JDK's, or for the JDK's own
 * engine Bouncy Castle's, in Java alone. They offer one suite, and believe every certificate.
 */
enum Clients {
    JDK,
    BOUNCY_CASTLE;

    EngineEnd end(CipherSuite suite) throws GeneralSecurityException, IOException {
        SSLContext context = SSLContext.getInstance("TLS", provider());
        context.init(null, new TrustManager[] {new BelievesAll()}, new SecureRandom());
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {suite.version().toString()});
        engine.setEnabledCipherSuites(new String[] {suite.name()});
        return new EngineEnd(engine);
    }

    private Provider provider() {
        return switch (this) {
            case JDK -> Security.getProvider("SunJSSE");
            case BOUNCY_CASTLE -> new BouncyCastleJsseProvider(new BouncyCastleProvider());
        };
    }
}
