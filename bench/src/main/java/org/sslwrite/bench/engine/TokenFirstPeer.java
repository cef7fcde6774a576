package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;
import org.sslwrite.TlsIdentity;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
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

    static TokenFirstPeer over(TokenConfig config) throws GeneralSecurityException, TokenException {
        TlsIdentity identity = SslEngines.identity();
        SunPkcs11 token = new SunPkcs11(config);
        boolean opened = false;
        try {
            Provider provider = new CiphersOf(token.provider());
            Security.insertProviderAt(provider, 1);
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
    private void requireFirst(BulkCipher bulk) throws AbsentException {
        byte[] key = new byte[bulk.keyLength()];
        try {
            Cipher cipher =
                    switch (bulk) {
                        case AES_128_GCM, AES_256_GCM ->
                                initialised(
                                        "AES/GCM/NoPadding",
                                        new SecretKeySpec(key, "AES"),
                                        new GCMParameterSpec(128, new byte[12]));
                        case CHACHA20_POLY1305 ->
                                initialised(
                                        "ChaCha20-Poly1305",
                                        new SecretKeySpec(key, "ChaCha20"),
                                        new IvParameterSpec(new byte[12]));
                        case AES_128_CBC, AES_256_CBC ->
                                initialised(
                                        "AES/CBC/NoPadding",
                                        new SecretKeySpec(key, "AES"),
                                        new IvParameterSpec(new byte[16]));
                    };
            if (cipher.getProvider() != provider) {
                throw new AbsentException(
                        "%s comes from %s although the token is the first provider"
                                .formatted(cipher.getAlgorithm(), cipher.getProvider().getName()));
            }
        } catch (GeneralSecurityException e) {
            throw AbsentException.because(e);
        }
    }

    private static Cipher initialised(String name, SecretKey key, AlgorithmParameterSpec parameters)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(name);
        cipher.init(Cipher.ENCRYPT_MODE, key, parameters);
        return cipher;
    }

    @Override
    public Connection connect(CipherSuite suite, boolean direct) throws AbsentException {
        requireFirst(suite.bulkCipher());
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
