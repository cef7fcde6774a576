package org.sslwrite;

import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.token.TokenSealerFactory;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A PKCS#11 token for contexts: seals records ({@link SslContext.Builder#token}) and signs
 * handshakes ({@link #identity}). It is opened when it is first needed, and opened anew for new
 * connections after it has failed; a PIN that was wrong is not tried again. Safe for use by several
 * threads, and by several contexts.
 */
public final class Token implements AutoCloseable {
    private final TokenConfig config;
    private final Access access;
    private final SealerFactory sealers;

    /** The two ways to a token, as far as they differ. */
    private interface Access {
        void open() throws TokenException;

        TokenPrivateKey privateKey(KeySelector selector) throws TokenException;

        List<X509Certificate> certificates(KeySelector selector) throws TokenException;

        void close();
    }

    private Token(TokenConfig config, Access access, SealerFactory sealers) {
        this.config = config;
        this.access = access;
        this.sealers = sealers;
    }

    /** A token, through the engine that its configuration names. Nothing is opened yet. */
    public static Token of(TokenConfig config) {
        return config.engine() == TokenRoute.SUNPKCS11
                ? over(config, new SunPkcs11(config))
                : over(config, new TokenConnection(config));
    }

    /** A token of a module that is loaded already, through the C API. */
    public static Token of(TokenConfig config, CryptokiModule module) {
        return over(config, new TokenConnection(config, module));
    }

    private static Token over(TokenConfig config, TokenConnection connection) {
        Access access =
                new Access() {
                    @Override
                    public void open() throws TokenException {
                        connection.token();
                    }

                    @Override
                    public TokenPrivateKey privateKey(KeySelector selector) throws TokenException {
                        return connection.privateKey(selector);
                    }

                    @Override
                    public List<X509Certificate> certificates(KeySelector selector)
                            throws TokenException {
                        return connection.certificates(selector);
                    }

                    @Override
                    public void close() {
                        connection.close();
                    }
                };
        return new Token(config, access, TokenSealerFactory.over(config, connection));
    }

    private static Token over(TokenConfig config, SunPkcs11 sun) {
        Access access =
                new Access() {
                    @Override
                    public void open() throws TokenException {
                        sun.provider();
                    }

                    @Override
                    public TokenPrivateKey privateKey(KeySelector selector) throws TokenException {
                        return sun.privateKey(selector);
                    }

                    @Override
                    public List<X509Certificate> certificates(KeySelector selector)
                            throws TokenException {
                        return sun.certificates(selector);
                    }

                    @Override
                    public void close() {
                        sun.close();
                    }
                };
        return new Token(config, access, TokenSealerFactory.over(config, sun));
    }

    /** What it is and how it is reached. */
    public TokenConfig config() {
        return config;
    }

    /**
     * Opens it now, to learn whether it can be used.
     *
     * @throws TokenException if it cannot; the message says what to do
     */
    public void open() throws TokenException {
        access.open();
    }

    /** Seals records in the token; for {@link SslContext.Builder#offload}. */
    public SealerFactory sealers() {
        return sealers;
    }

    /**
     * The private key that the configuration names, which never leaves the token, with certificates
     * from elsewhere.
     *
     * @param chain the leaf first
     * @throws IdentityException if there is no such key, or if it does not fit the leaf
     */
    public TlsIdentity identity(List<X509Certificate> chain) throws IdentityException {
        return identity(selected(), chain);
    }

    /**
     * The private key that the configuration names, with the certificates that the token has for
     * it.
     *
     * @throws IdentityException if there is no such key or certificate, or if they do not fit
     */
    public TlsIdentity identity() throws IdentityException {
        return identity(selected());
    }

    /** As {@link #identity()}, for any key of the token. */
    public TlsIdentity identity(KeySelector key) throws IdentityException {
        try {
            List<X509Certificate> chain = access.certificates(key);
            if (chain.isEmpty()) {
                throw new IdentityException(
                        config.name()
                                + ": it has no certificate for its "
                                + described(key)
                                + "; give one in a file");
            }
            return identity(key, chain);
        } catch (TokenException e) {
            throw new IdentityException(String.valueOf(e.getMessage()), e);
        }
    }

    /** As {@link #identity(List)}, for any key of the token. */
    public TlsIdentity identity(KeySelector key, List<X509Certificate> chain)
            throws IdentityException {
        try {
            return TlsIdentity.of(
                    access.privateKey(key),
                    TokenSignatures.PROVIDER,
                    chain,
                    config.name() + ", " + described(key));
        } catch (TokenException e) {
            throw new IdentityException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * A key of the token with a certificate that it signs itself, valid from a day ago for a year,
     * for tests and first steps.
     *
     * @param host as in {@link TlsIdentity#selfSigned}
     * @param publicKey the public half
     */
    public TlsIdentity selfSigned(String host, KeySelector key, PublicKey publicKey)
            throws IdentityException {
        try {
            return SelfSigned.of(host, publicKey, access.privateKey(key), TokenSignatures.PROVIDER);
        } catch (TokenException | GeneralSecurityException e) {
            throw new IdentityException(
                    config.name() + ", " + described(key) + ": " + e.getMessage(), e);
        }
    }

    private KeySelector selected() throws IdentityException {
        KeySelector key = config.key();
        if (key == null) {
            throw new IdentityException(
                    config.name()
                            + ": which of its keys? name one: object or id in a pkcs11: URI,"
                            + " key-label or key-id in a file");
        }
        return key;
    }

    private static String described(KeySelector key) {
        String label = key.label() == null ? "" : " \"" + key.label() + "\"";
        String id = key.idHex() == null ? "" : " with id " + key.idHex();
        return "key" + label + id;
    }

    /**
     * Destroys our objects in the token, closes our sessions, forgets the PIN. Connections that
     * still use it end with their next record.
     */
    @Override
    public void close() {
        access.close();
    }

    /** Its name. */
    @Override
    public String toString() {
        return config.name();
    }
}
