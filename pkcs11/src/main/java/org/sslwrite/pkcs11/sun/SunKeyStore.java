package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.KeyCertificates;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

/**
 * The private keys that SunPKCS11's key store shows. It names a key by the label of its
 * certificate, whatever the key's own label is; it ignores keys without a certificate that has the
 * same CKA_ID, and those that are not stored in the token (CKA_TOKEN=false). The JDK has no other
 * way to a private key.
 */
final class SunKeyStore {
    private final TokenConfig config;
    private final KeyStore keyStore;

    private SunKeyStore(TokenConfig config, KeyStore keyStore) {
        this.config = config;
        this.keyStore = keyStore;
    }

    /** What is in the token now. */
    static SunKeyStore load(TokenConfig config, Provider provider) throws TokenException {
        try {
            KeyStore keyStore = KeyStore.getInstance("PKCS11", provider);
            keyStore.load(null, null);
            return new SunKeyStore(config, keyStore);
        } catch (GeneralSecurityException | IOException | ProviderException e) {
            throw new TokenException(
                    config.name()
                            + ": SunPKCS11 cannot list what is in the token: "
                            + SunErrors.describe(e),
                    e);
        }
    }

    /**
     * The private key, found through its certificate: so labels and ids count as they stand in the
     * token, and not as the key store makes aliases of them.
     *
     * @param found its certificates, if they were read a moment ago
     * @param objects shows what is in the token as it stands there
     */
    SunKey key(KeySelector selector, @Nullable KeyCertificates found, TokenConnection objects)
            throws TokenException {
        KeyCertificates certificates = found == null ? certificates(selector, objects) : found;
        try {
            for (String alias : Collections.list(keyStore.aliases())) {
                if (keyStore.isKeyEntry(alias)
                        && isOneOf(certificates.sameId(), keyStore.getCertificate(alias))
                        && keyStore.getKey(alias, null) instanceof PrivateKey key) {
                    return new SunKey(key, certificates.leaf());
                }
            }
        } catch (GeneralSecurityException | ProviderException e) {
            throw new TokenException(
                    config.name()
                            + ": SunPKCS11 cannot use the "
                            + selector
                            + ": "
                            + SunErrors.describe(e),
                    e);
        }
        throw invisible(selector, null);
    }

    /** Of several with the key's CKA_ID, the key store shows any. */
    private static boolean isOneOf(List<X509Certificate> certificates, Certificate shown) {
        return certificates.stream().anyMatch(certificate -> certificate.equals(shown));
    }

    private KeyCertificates certificates(KeySelector selector, TokenConnection objects)
            throws TokenException {
        try {
            return objects.keyCertificates(selector);
        } catch (TokenException e) {
            if (SunErrors.code(e) != null) {
                throw e;
            }
            objects.privateKey(selector); // if it is not there at all, that says so better
            throw invisible(selector, e);
        }
    }

    private TokenException invisible(KeySelector selector, @Nullable TokenException cause) {
        return new TokenException(
                config.name()
                        + ": SunPKCS11 does not see the "
                        + selector
                        + ": it wants key and certificate stored in the token under one id"
                        + " (CKA_ID); store the certificate there, or use engine = cryptoki",
                cause);
    }
}
