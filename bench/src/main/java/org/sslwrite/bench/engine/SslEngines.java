package org.sslwrite.bench.engine;

import org.sslwrite.TlsIdentity;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** What the peers that are an {@link SSLEngine} have in common. */
final class SslEngines {
    private SslEngines() {}

    /** The certificate of every server: none of the suites with RSA is measured. */
    static TlsIdentity identity() throws GeneralSecurityException {
        return TlsIdentity.selfSigned("localhost", "EC");
    }

    /** Initialises the context of a server. */
    static void init(SSLContext context, TlsIdentity identity) throws GeneralSecurityException {
        context.init(new KeyManager[] {new OneKey(identity)}, null, new SecureRandom());
    }

    /**
     * Shakes hands.
     *
     * @param server fresh from its context
     * @param release gives back what it holds outside of the heap
     */
    static Connection connect(
            SSLEngine server, Runnable release, Clients clients, CipherSuite suite, boolean direct)
            throws AbsentException {
        try {
            server.setUseClientMode(false);
            server.setEnabledProtocols(new String[] {suite.version().toString()});
            enable(server, suite);
            EngineEnd end = new EngineEnd(server);
            EngineEnd client = clients.end(suite);
            client.handshake(end.asOther());
            String negotiated = server.getSession().getCipherSuite();
            if (!negotiated.equals(suite.name())) {
                throw new AbsentException("takes " + negotiated + " where it may not");
            }
            return new Connection(new EngineWriter(server, direct, release), client);
        } catch (IllegalArgumentException e) {
            throw new AbsentException("does not know " + suite, e);
        } catch (IOException | GeneralSecurityException e) {
            throw new AbsentException("cannot do " + suite + ": " + AbsentException.words(e), e);
        }
    }

    /**
     * The client offers nothing else; and Conscrypt looks for certificates by the suites of TLS 1.2
     * that are enabled, also for TLS 1.3.
     */
    private static void enable(SSLEngine server, CipherSuite suite) {
        if (suite.version() == TlsVersion.TLSV1_2) {
            server.setEnabledCipherSuites(new String[] {suite.name()});
        }
    }
}
