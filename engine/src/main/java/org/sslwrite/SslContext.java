package org.sslwrite;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.Credential;
import org.sslwrite.handshake.HandshakeConfig;
import org.sslwrite.record.BufferPool;
import org.sslwrite.record.RecordLayout;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.seal.CipherSuite;
import org.sslwrite.seal.CipherSuite.Authentication;
import org.sslwrite.seal.SealerChain;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TlsVersion;
import org.sslwrite.seal.jca.JcaSealerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What connections have in common ({@code SSL_CTX}): identity, trust, versions, suites, engines.
 * Immutable, safe for use by several threads; one for a whole server is right.
 */
public final class SslContext {
    /** Bytes of application data that are sealed between two calls to the transport, at most. */
    private static final int BATCH = 64 * 1024;

    private final HandshakeConfig config;
    private final int maxSendFragment;
    private final boolean offloads;
    private final BufferPool buffers = RecordWriter.poolForBatchesOf(BATCH);

    private SslContext(HandshakeConfig config, int maxSendFragment, boolean offloads) {
        this.offloads = offloads;
        this.config = config;
        this.maxSendFragment = maxSendFragment;
    }

    /**
     * A builder with the defaults: TLS 1.3 and 1.2, every suite, the platform's trust store, host
     * names verified.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** A new connection, in neither role yet. */
    public Ssl newSsl() {
        return new Ssl(this);
    }

    /** The suites, in the order of preference. */
    public List<CipherSuite> cipherSuites() {
        return config.suites();
    }

    /** The protocol versions, the newest first. */
    public List<TlsVersion> versions() {
        return config.versions();
    }

    /** The largest content of a record that is sent, in bytes. */
    public int maxSendFragment() {
        return maxSendFragment;
    }

    /** Which engine would seal records of a suite, and why; null if none can. */
    public @Nullable SealerChoice sealerFor(CipherSuite suite) {
        return config.sealers().choiceFor(new SealingParameters(suite.version(), suite, false));
    }

    /** What it is called when a record cannot be sealed. */
    SslReason sealFailure() {
        return offloads ? SslReason.OFFLOAD_FAILED : SslReason.SEAL_FAILED;
    }

    HandshakeConfig config() {
        return config;
    }

    Provider bouncyCastle() {
        return BouncyCastle.PROVIDER;
    }

    BufferPool buffers() {
        return buffers;
    }

    /** Collects what a context needs. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Identity> identities = new ArrayList<>();
        private @Nullable X509ExtendedTrustManager trustManager;
        private boolean trustAnyone;
        private boolean verifyHost = true;
        private ClientAuth clientAuth = ClientAuth.NONE;
        private List<TlsVersion> versions = List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2);
        private List<CipherSuite> suites = List.of(CipherSuite.values());
        private List<NamedGroup> groups = List.of(NamedGroup.values());
        private List<String> alpn = List.of();
        private List<String> providers = List.of("SunJCE");
        private boolean encryptThenMac = true;
        private int maxSendFragment = RecordLayout.MAX_FRAGMENT;
        private boolean allowRenegotiation;
        private @Nullable SealerFactory token;
        private OffloadPolicy offloadPolicy = OffloadPolicy.SOFTWARE;
        private long recordsPerKey = Long.MAX_VALUE;

        private Builder() {}

        /**
         * Adds a key and certificate; a server takes the first that fits the suite, and rather one
         * that names the host.
         */
        public Builder identity(Identity identity) {
            identities.add(identity);
            return this;
        }

        /**
         * Trusts these certificates and what they have signed, instead of the platform's trust
         * store.
         */
        public Builder trust(List<X509Certificate> anchors) {
            check(!anchors.isEmpty(), "trust needs at least one certificate");
            try {
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                for (int i = 0; i < anchors.size(); i++) {
                    store.setCertificateEntry("anchor-" + i, anchors.get(i));
                }
                return trustManager(platformTrust(store));
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalArgumentException(
                        "these certificates cannot be trusted: " + e.getMessage(), e);
            }
        }

        /**
         * Lets this trust manager judge, instead of one over the platform's trust store. It is told
         * to check the host name by the endpoint identification algorithm {@code HTTPS}, and must
         * obey; a certificate that has expired is refused before it is asked.
         */
        public Builder trustManager(X509ExtendedTrustManager judge) {
            trustManager = judge;
            trustAnyone = false;
            return this;
        }

        /**
         * Accepts any certificate, and any host name: the connection is then secret from bystanders
         * only.
         */
        public Builder trustAnyone() {
            trustAnyone = true;
            return this;
        }

        /**
         * Whether a client checks that the certificate names the host; on unless turned off here.
         */
        public Builder verifyHost(boolean verify) {
            verifyHost = verify;
            return this;
        }

        /** Whether a server asks for client certificates. */
        public Builder clientAuth(ClientAuth wanted) {
            clientAuth = wanted;
            return this;
        }

        /** The protocol versions. */
        public Builder versions(List<TlsVersion> allowed) {
            versions = List.copyOf(allowed);
            return this;
        }

        /** The suites, in the order of preference. */
        public Builder cipherSuites(List<CipherSuite> preferred) {
            suites = List.copyOf(preferred);
            return this;
        }

        /** The groups for the key exchange, in the order of preference. */
        public Builder groups(List<NamedGroup> preferred) {
            groups = List.copyOf(preferred);
            return this;
        }

        /** The application protocols, in the order of preference; none leaves ALPN out. */
        public Builder alpn(List<String> protocols) {
            alpn = List.copyOf(protocols);
            return this;
        }

        /** The largest content of a record that is sent: 512 to 16384 bytes. */
        public Builder maxSendFragment(int bytes) {
            maxSendFragment = bytes;
            return this;
        }

        /**
         * Whether encrypt-then-MAC (RFC 7366) is offered and accepted for CBC suites; on unless
         * turned off here.
         */
        public Builder encryptThenMac(boolean allowed) {
            encryptThenMac = allowed;
            return this;
        }

        /**
         * Whether connections of TLS 1.2 may renegotiate, whoever asks; off unless turned on here,
         * and never without RFC 5746.
         */
        public Builder allowRenegotiation(boolean allowed) {
            allowRenegotiation = allowed;
            return this;
        }

        /**
         * Changes keys earlier than the cipher demands: TLS 1.3 sends a KeyUpdate before so many
         * records are sealed under one key, TLS 1.2 refuses to go on. The cipher's own limit
         * (2^24.5 records for AES-GCM) is kept in any case.
         */
        public Builder recordsPerKey(long records) {
            recordsPerKey = records;
            return this;
        }

        /**
         * Has records sealed outside the process, or by any engine of one's own.
         *
         * @param engine is given the traffic keys once an epoch
         * @param policy what happens when it fails, or cannot do a suite
         */
        public Builder offload(SealerFactory engine, OffloadPolicy policy) {
            token = engine;
            offloadPolicy = policy;
            return this;
        }

        /**
         * JCA providers that seal records, by name, in the order of preference; Bouncy Castle is
         * always the last resort.
         */
        public Builder providers(List<String> names) {
            providers = List.copyOf(names);
            return this;
        }

        /**
         * Makes the context.
         *
         * @throws IllegalArgumentException if something does not fit; the message says what, in one
         *     line
         */
        public SslContext build() {
            check(
                    maxSendFragment >= RecordLayout.MIN_SEND_FRAGMENT
                            && maxSendFragment <= RecordLayout.MAX_FRAGMENT,
                    "maxSendFragment must be from 512 to 16384 bytes: " + maxSendFragment);
            check(recordsPerKey >= 4, "recordsPerKey must be at least 4: " + recordsPerKey);
            check(!versions.isEmpty(), "no TLS version is allowed");
            check(!groups.isEmpty(), "no group is allowed");
            for (String protocol : alpn) {
                int length = protocol.getBytes(StandardCharsets.UTF_8).length;
                check(
                        length >= 1 && length <= 255,
                        "an ALPN protocol name has 1 to 255 bytes: \"" + protocol + "\"");
            }
            SealerChain sealers = sealers();
            HandshakeConfig config =
                    new HandshakeConfig(
                            new SecureRandom(),
                            sealers,
                            identities.stream()
                                    .map(i -> new Credential(i.privateKey(), i.chain()))
                                    .toList(),
                            trust(),
                            verifyHost && !trustAnyone,
                            clientAuth != ClientAuth.NONE,
                            clientAuth == ClientAuth.REQUIRED,
                            versions.stream()
                                    .distinct()
                                    .sorted((a, b) -> b.code() - a.code())
                                    .toList(),
                            usableSuites(sealers),
                            groups.stream().map(NamedGroup::code).distinct().toList(),
                            alpn,
                            encryptThenMac,
                            allowRenegotiation,
                            recordsPerKey);
            boolean offloads = token != null && offloadPolicy != OffloadPolicy.SOFTWARE;
            return new SslContext(config, maxSendFragment, offloads);
        }

        private static void check(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }

        private SealerChain sealers() {
            SealerFactory offload = token;
            if (offload == null || offloadPolicy == OffloadPolicy.SOFTWARE) {
                return new SealerChain(softwareSealers());
            }
            if (offloadPolicy == OffloadPolicy.TOKEN_ONLY) {
                return new SealerChain(List.of(offload));
            }
            List<SealerFactory> all = new ArrayList<>(List.of(offload));
            all.addAll(softwareSealers());
            return new SealerChain(all, true);
        }

        private List<SealerFactory> softwareSealers() {
            Provider bouncyCastle = BouncyCastle.PROVIDER;
            List<SealerFactory> factories = new ArrayList<>();
            for (String name : providers) {
                if (!name.equals(bouncyCastle.getName())) {
                    Provider provider = Security.getProvider(name);
                    check(
                            provider != null,
                            "no JCA provider \"" + name + "\"; installed: " + installedProviders());
                    factories.add(new JcaSealerFactory(provider));
                } else {
                    factories.add(new JcaSealerFactory(bouncyCastle));
                }
            }
            if (!providers.contains(bouncyCastle.getName())) {
                factories.add(new JcaSealerFactory(bouncyCastle));
            }
            return factories;
        }

        private static List<String> installedProviders() {
            return Stream.concat(
                            Arrays.stream(Security.getProviders()).map(Provider::getName),
                            Stream.of(BouncyCastleProvider.PROVIDER_NAME))
                    .distinct()
                    .toList();
        }

        private List<CipherSuite> usableSuites(SealerChain sealers) {
            List<CipherSuite> usable =
                    suites.stream()
                            .distinct()
                            .filter(suite -> versions.contains(suite.version()))
                            .filter(
                                    suite ->
                                            sealers.choiceFor(
                                                            new SealingParameters(
                                                                    suite.version(), suite, false))
                                                    != null)
                            .toList();
            check(!usable.isEmpty(), "none of the suites " + suites + " goes with " + versions);
            for (TlsVersion version : versions) {
                check(
                        usable.stream().anyMatch(suite -> suite.version() == version),
                        "no suite is given for "
                                + version
                                + "; give one, or leave the version out");
            }
            if (!identities.isEmpty()) {
                check(
                        usable.stream().anyMatch(this::hasIdentityFor),
                        "no identity fits any of the suites "
                                + usable
                                + ": they want another kind of certificate");
            }
            return usable;
        }

        private boolean hasIdentityFor(CipherSuite suite) {
            return suite.authentication() == Authentication.ANY
                    || identities.stream()
                            .anyMatch(
                                    i ->
                                            i.isRsa()
                                                    == (suite.authentication()
                                                            == Authentication.RSA));
        }

        private @Nullable X509ExtendedTrustManager trust() {
            if (trustAnyone) {
                return null;
            }
            if (trustManager != null) {
                return trustManager;
            }
            try {
                return platformTrust(null);
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException(
                        "the platform's trust store cannot be used: " + e.getMessage(), e);
            }
        }

        private static X509ExtendedTrustManager platformTrust(@Nullable KeyStore anchors)
                throws GeneralSecurityException {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(anchors);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager judge) {
                    return judge;
                }
            }
            throw new GeneralSecurityException("no X.509 trust manager");
        }
    }
}
