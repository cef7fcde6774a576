package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.SunConfiguration;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.Logins;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.KeyCertificates;

import java.security.AuthProvider;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginException;

/** One provider, with its share in the login of the token that it was made for. */
final class SunProviderSession {
    private static final AtomicLong COUNT = new AtomicLong();

    private final TokenConfig config;
    private final CryptokiToken token;
    private final AuthProvider provider;
    private final Logins.Lease login;
    private final ConcurrentMap<KeySelector, SunKey> keys = new ConcurrentHashMap<>();
    private volatile boolean condemned;

    private SunProviderSession(TokenConfig config, CryptokiToken token, AuthProvider provider)
            throws TokenException {
        this.config = config;
        this.token = token;
        this.provider = provider;
        // Whoever opened the token has logged in; a share of our own keeps it so.
        this.login = token.module().logins().join(token.slot(), () -> false);
    }

    /** Loads SunPKCS11, which takes a while, before it is needed. */
    static void loadClasses() {
        Security.getProvider("SunPKCS11");
    }

    /**
     * Makes a provider.
     *
     * @param token open, and logged in if that is wanted
     */
    static SunProviderSession of(TokenConfig config, CryptokiToken token) throws TokenException {
        Provider unconfigured = Security.getProvider("SunPKCS11");
        if (unconfigured == null) {
            throw new TokenException(
                    config.name()
                            + ": this Java has no SunPKCS11 provider (module jdk.crypto.cryptoki);"
                            + " use engine = cryptoki");
        }
        String name = "sslwrite-" + COUNT.incrementAndGet();
        String text = SunConfiguration.of(config, token.slot(), name);
        token.module().shareWithSunPkcs11();
        try {
            AuthProvider provider = (AuthProvider) unconfigured.configure(text);
            if (provider.getService("KeyStore", "PKCS11") == null) {
                throw new TokenException(config.name() + ": the token is not in its slot");
            }
            provider.setCallbackHandler(SunProviderSession::refuse);
            return new SunProviderSession(config, token, provider);
        } catch (InvalidParameterException | ProviderException e) {
            throw new TokenException(
                    config.name() + ": SunPKCS11 cannot be set up: " + SunErrors.describe(e), e);
        }
    }

    /** SunPKCS11 would log in by itself, as often as it likes; we do that, and once. */
    private static void refuse(Callback[] callbacks) throws UnsupportedCallbackException {
        throw new UnsupportedCallbackException(callbacks[0], "nobody is logged in to the token");
    }

    AuthProvider provider() {
        return provider;
    }

    CryptokiToken token() {
        return token;
    }

    boolean isCondemned() {
        return condemned || token.isCondemned();
    }

    void condemn(TokenException reason) {
        condemned = true;
        token.condemn(reason);
    }

    /**
     * @param found the key's certificates, if they were read a moment ago
     */
    SunKey key(KeySelector selector, @Nullable KeyCertificates found, TokenConnection objects)
            throws TokenException {
        SunKey key = keys.get(selector);
        if (key == null) {
            key = SunKeyStore.load(config, provider).key(selector, found, objects);
            keys.put(selector, key);
        }
        return key;
    }

    /** Gives back the share in the login; the last one logs out. */
    void close() {
        login.leave(this::logout);
    }

    /**
     * Logs out, and closes the sessions in the provider's pool: that it does only when it logs out
     * itself.
     */
    private void logout() {
        try {
            provider.logout();
        } catch (LoginException | ProviderException e) {
            condemned = true; // the token is gone, and with it the login
        }
    }
}
