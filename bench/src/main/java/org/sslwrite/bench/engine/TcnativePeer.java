package org.sslwrite.bench.engine;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;

import org.sslwrite.TlsIdentity;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;

/**
 * BoringSSL as netty uses it, with its pool of buffers: it copies what lies in a heap array to a
 * direct buffer first.
 */
final class TcnativePeer implements Engine {
    private final SslContext context;

    private TcnativePeer(SslContext context) {
        this.context = context;
    }

    static TcnativePeer open() throws AbsentException, GeneralSecurityException, IOException {
        if (!OpenSsl.isAvailable()) {
            throw AbsentException.because(OpenSsl.unavailabilityCause());
        }
        TlsIdentity identity = SslEngines.identity();
        return new TcnativePeer(
                SslContextBuilder.forServer(
                                identity.privateKey(),
                                identity.chain().toArray(X509Certificate[]::new))
                        .sslProvider(SslProvider.OPENSSL_REFCNT)
                        .build());
    }

    @Override
    public Connection connect(CipherSuite suite, boolean direct) throws AbsentException {
        SSLEngine engine = context.newEngine(PooledByteBufAllocator.DEFAULT);
        boolean connected = false;
        try {
            Connection connection =
                    SslEngines.connect(
                            engine,
                            () -> ReferenceCountUtil.release(engine),
                            Clients.JDK,
                            suite,
                            true);
            connected = true;
            return connection;
        } finally {
            if (!connected) {
                ReferenceCountUtil.release(engine);
            }
        }
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
