package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;
import org.sslwrite.Identity;
import org.sslwrite.pkcs11.TokenConfig;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.seal.CipherSuite;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

/**
 * The JDK's TLS with SunPKCS11 first: what one does today to have records sealed by a token.
 * Changes the providers of the whole process until it is closed.
 *
 * <p>Only SunPKCS11's ciphers come first. With the whole provider in front JSSE of JDK 25 does not
 * get through the handshake of TLS 1.3: SoftHSM's digests cannot be cloned and give a wrong
 * transcript, and keys that NSS has derived by HKDF are refused by its own HMAC.
 */
final class TokenFirstPeer implements Engine {
    private final SunPkcs11 token;
    private final Provider provider;
    private final SSLContext context;

    private TokenFirstPeer(SunPkcs11 token, Provider provider, SSLContext context) {
        this.token = token;
        this.provider = provider;
        this.context = context;
    }

    static TokenFirstPeer over(TokenConfig config)
            throws AbsentException, GeneralSecurityException, TokenException {
        Identity identity = SslEngines.identity();
        SunPkcs11 token = new SunPkcs11(config);
        boolean opened = false;
        try {
            Provider provider = new CiphersOf(token.provider());
            Security.insertProviderAt(provider, 1);
            requireFirst(provider);
            SSLContext context = SSLContext.getInstance("TLS", "SunJSSE");
            SslEngines.init(context, identity);
            opened = true;
            return new TokenFirstPeer(token, provider, context);
        } finally {
            if (!opened) {
                token.close();
            }
        }
    }

    /** Asks as JSSE does: the provider that takes the key is chosen when the cipher is given it. */
    private static void requireFirst(Provider provider)
            throws AbsentException, GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(new byte[16], "AES"),
                new GCMParameterSpec(128, new byte[12]));
        if (cipher.getProvider() != provider) {
            Security.removeProvider(provider.getName());
            throw new AbsentException(
                    "AES-GCM comes from "
                            + cipher.getProvider().getName()
                            + " although the token is the first provider");
        }
    }

    @Override
    public Connection connect(CipherSuite suite, boolean direct) throws AbsentException {
        // Its ciphers are its own: those of the JDK would come from the token, too.
        return SslEngines.connect(
                context.createSSLEngine(), () -> {}, Clients.BOUNCY_CASTLE, suite, direct);
    }

    @Override
    public void close() {
        Security.removeProvider(provider.getName());
        token.close();
    }

    /** The ciphers of another provider. */
    private static final class CiphersOf extends Provider {
        private static final long serialVersionUID = 1L;

        CiphersOf(Provider all) {
            super(all.getName() + "-ciphers", all.getVersionStr(), "the ciphers of " + all);
            for (Service service : all.getServices()) {
                if (service.getType().equals("Cipher")) {
                    putService(new OneOf(this, service));
                }
            }
        }

        private static final class OneOf extends Service {
            private final Service origin;

            OneOf(Provider provider, Service origin) {
                super(
                        provider,
                        origin.getType(),
                        origin.getAlgorithm(),
                        origin.getClassName(),
                        null,
                        null);
                this.origin = origin;
            }

            @Override
            public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
                return origin.newInstance(parameter);
            }

            @Override
            public boolean supportsParameter(Object parameter) {
                return origin.supportsParameter(parameter);
            }
        }
    }
}
