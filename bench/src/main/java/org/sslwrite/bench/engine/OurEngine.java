package org.sslwrite.bench.engine;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.jca.JcaSealerFactory;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.util.List;

/** Ours, with one engine that seals and no other. */
final class OurEngine implements Engine {
    /** What an engine that can do anything can do. */
    private static final SealingParameters PROBE =
            new SealingParameters(TlsVersion.TLSV1_3, CipherSuite.TLS_AES_128_GCM_SHA256, false);

    private final SealerFactory factory;
    private final Choice choice;
    private final @Nullable Token token;
    private final TlsIdentity identity;

    /** Makes a context use the engine. */
    private interface Choice {
        void in(SslContext.Builder builder);
    }

    private OurEngine(SealerFactory factory, Choice choice, @Nullable Token token)
            throws GeneralSecurityException {
        this.factory = factory;
        this.choice = choice;
        this.token = token;
        this.identity = SslEngines.identity();
    }

    static OurEngine sunJce() throws GeneralSecurityException {
        return new OurEngine(
                new JcaSealerFactory(Security.getProvider("SunJCE")),
                builder -> builder.providers(List.of("SunJCE")),
                null);
    }

    static OurEngine bouncyCastle() throws GeneralSecurityException {
        return new OurEngine(
                new JcaSealerFactory(new BouncyCastleProvider()),
                builder -> builder.providers(List.of(BouncyCastleProvider.PROVIDER_NAME)),
                null);
    }

    /** In native code. */
    static OurEngine in(SealerFactory factory) throws AbsentException, GeneralSecurityException {
        String reason = factory.reasonAgainst(PROBE);
        if (reason != null) {
            throw new AbsentException(reason);
        }
        return new OurEngine(
                factory, builder -> builder.providers(List.of(factory.engine())), null);
    }

    static OurEngine over(TokenConfig config, TokenRoute way)
            throws TokenException, GeneralSecurityException {
        Token token = Token.of(config.toBuilder().engine(way).build());
        token.open();
        return new OurEngine(token.sealers(), builder -> builder.token(token), token);
    }

    @Override
    public RecordSealer sealer(SealingParameters parameters, TrafficKeys keys)
            throws AbsentException {
        requireAble(parameters);
        try {
            return factory.create(parameters, keys);
        } catch (SealException e) {
            throw AbsentException.because(e);
        }
    }

    private void requireAble(SealingParameters parameters) throws AbsentException {
        String reason = factory.reasonAgainst(parameters);
        if (reason != null) {
            throw new AbsentException("cannot do " + parameters.suite() + ": " + reason);
        }
    }

    @Override
    public Connection connect(CipherSuite suite, boolean direct) throws AbsentException {
        requireAble(new SealingParameters(suite.version(), suite, false));
        SslContext.Builder builder =
                SslContext.builder()
                        .identity(identity)
                        .versions(List.of(suite.version()))
                        .cipherSuites(List.of(suite))
                        .encryptThenMac(false);
        choice.in(builder);
        Ssl ssl = builder.build().newSsl();
        boolean connected = false;
        try {
            EngineEnd client = Clients.JDK.end(suite);
            OurWriter writer = new OurWriter(ssl, factory.engine());
            writer.handshake(client);
            connected = true;
            return new Connection(writer, client);
        } catch (IOException | GeneralSecurityException e) {
            throw new AbsentException("cannot do " + suite + ": " + AbsentException.words(e), e);
        } finally {
            if (!connected) {
                ssl.close();
            }
        }
    }

    @Override
    public void close() {
        if (token != null) {
            token.close();
        }
    }
}
