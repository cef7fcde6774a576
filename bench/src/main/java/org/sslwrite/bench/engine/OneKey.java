package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;
import org.sslwrite.TlsIdentity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Has one key, whoever asks for what. */
public final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "key";

    private final TlsIdentity identity;

    /** See the class. */
    public OneKey(TlsIdentity identity) {
        this.identity = identity;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return chosen(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal[] issuers, SSLEngine engine) {
        return chosen(keyType);
    }

    /** Libraries write the kind of key in their own ways, as in {@code EC} and {@code ECDSA}. */
    private @Nullable String chosen(String keyType) {
        return keyType.contains(identity.privateKey().getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.privateKey();
    }
}
