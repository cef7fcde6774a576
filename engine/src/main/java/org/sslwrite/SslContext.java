package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeConfig;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.record.BufferPool;
import org.sslwrite.record.ContextSealingStatistics;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What connections have in common ({@code SSL_CTX}): identity, trust, versions, suites, engines.
 * Immutable, safe for use by several threads; one for a whole server is right.
 */
public final class SslContext {
    private final HandshakeConfig config;
    private final int maxSendFragment;
    private final boolean offloads;
    private final long idleNanos;
    private final boolean dynamicRecordSizes;
    private final BufferPool buffers;

    private final ContextSealingStatistics totals = new ContextSealingStatistics();
    private final OffloadMonitor watch;

    private final Map<CipherSuite, String> notOffloaded;

    SslContext(
            Builder from,
            HandshakeConfig config,
            OffloadMonitor watch,
            Map<CipherSuite, String> notOffloaded) {
        this.config = config;
        this.notOffloaded = notOffloaded;
        this.watch = watch;
        this.offloads = config.sealers().offload();
        this.maxSendFragment = from.maxSendFragment;
        this.idleNanos = nanos(from.idleAfter);
        this.dynamicRecordSizes = from.dynamicRecordSizes;
        this.buffers = RecordWriter.poolForBatchesOf(from.batchSize);
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
        return config.negotiation().suites();
    }

    /** The protocol versions, the newest first, but for those in which no identity can sign. */
    public List<TlsVersion> versions() {
        return config.negotiation().versions();
    }

    /** The largest content of a record that is sent, in bytes. */
    public int maxSendFragment() {
        return maxSendFragment;
    }

    /** Which engine would seal records of a suite, and why; null if none can. */
    public @Nullable SealerChoice sealerFor(CipherSuite suite) {
        SealerChoice choice =
                config.sealers()
                        .chain()
                        .choiceFor(new SealingParameters(suite.version(), suite, false));
        return choice.isSealed() ? choice : null;
    }

    /** What the connections of this context have sealed, by which engine, and what failed. */
    public SslContextStatistics statistics() {
        return new SslContextStatistics(
                totals.sealedBy(),
                watch.count(),
                watch.latest(),
                notOffloaded,
                watch.breakerState());
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

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
                ? Long.MAX_VALUE
                : duration.toNanos();
    }

    RecordWriter newRecordWriter() {
        return new RecordWriter(buffers, maxSendFragment, idleNanos, dynamicRecordSizes, totals);
    }

    /** Collects what a context needs. Not safe for use by several threads. */
    public static final class Builder {
        final List<TlsIdentity> identities = new ArrayList<>();
        @Nullable X509ExtendedTrustManager trustManager;
        boolean trustAnyone;
        boolean verifyHost = true;
        ClientAuth clientAuth = ClientAuth.NONE;
        List<TlsVersion> versions = List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2);
        List<CipherSuite> suites = List.of(CipherSuite.values());
        boolean suitesAreOrdered;
        List<NamedGroup> groups = List.of(NamedGroup.values());
        boolean groupsAreOrdered;
        List<String> alpn = List.of();
        List<String> providers = SoftwareEngines.DEFAULT;
        boolean encryptThenMac = true;
        int maxSendFragment = RecordLayout.MAX_FRAGMENT;
        int batchSize = 64 * 1024;
        Duration idleAfter = Duration.ofSeconds(1);
        boolean dynamicRecordSizes;
        boolean allowRenegotiation;
        boolean requireSecureRenegotiation;
        int maxHandshakeMessageSize = 128 * 1024;
        int maxCertificateChainLength = 100;
        @Nullable Integer minRecordSizeLimit;
        @Nullable SealerFactory token;
        OffloadPolicy offloadPolicy = OffloadPolicy.SOFTWARE;
        int breakerFailures = 3;
        Duration breakerPause = Duration.ofSeconds(30);
        long recordsPerKey = Long.MAX_VALUE;

        private Builder() {}

        /**
         * Adds a key and certificate. Of several, those that the peer cannot take are passed over:
         * by its signature algorithms, by what an RSA key is too short for, in TLS 1.2 by the
         * server's certificate_types or the client's groups. Of the rest a server takes one that
         * names the host that the client asks for, in TLS 1.2 also if the suite is then another;
         * both sides prefer one that an authority named by the peer has issued, then one whose
         * chain has only signatures that the peer knows, then the first.
         *
         * <p>A client with one whose issuer the server has not named sends it nevertheless, as
         * OpenSSL does: names are a hint (RFC 8446 section 4.4.2.3), and the server says what it
         * thinks of it.
         */
        public Builder identity(TlsIdentity identity) {
            identities.add(identity);
            return this;
        }

        /**
         * Trusts these certificates and what they have signed, instead of the platform's trust
         * store.
         */
        public Builder trust(List<X509Certificate> anchors) {
            ContextAssembly.check(!anchors.isEmpty(), "trust needs at least one certificate");
            try {
                KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
                store.load(null, null);
                for (int i = 0; i < anchors.size(); i++) {
                    store.setCertificateEntry("anchor-" + i, anchors.get(i));
                }
                return trustManager(ContextAssembly.platformTrust(store));
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

        /**
         * The protocol versions. Those in which no identity can sign are left out with a warning: a
         * token, for instance, may have no RSASSA-PSS, which RSA keys need in TLS 1.3.
         */
        public Builder versions(List<TlsVersion> allowed) {
            versions = List.copyOf(allowed);
            return this;
        }

        /**
         * The suites, in the order of preference, which a server goes by whatever the client's is.
         * Without this, every suite, and a server takes the client's first: one without hardware
         * for AES may prefer ChaCha20. A certificate that names the host goes before either order.
         */
        public Builder cipherSuites(List<CipherSuite> preferred) {
            suites = List.copyOf(preferred);
            suitesAreOrdered = true;
            return this;
        }

        /**
         * The groups for the key exchange, in the order of preference, which a server goes by
         * whatever the client's is: in TLS 1.3 it asks for another key share (HelloRetryRequest)
         * rather than take one that the client has sent for a group further back. Without this,
         * every group, and a server takes the client's first that has a key share already.
         *
         * <p>In TLS 1.2 a client's groups also bind the curves of certificates (RFC 8422 section
         * 5.3): a server whose only certificate is on another curve refuses the client.
         */
        public Builder groups(List<NamedGroup> preferred) {
            groups = List.copyOf(preferred);
            groupsAreOrdered = true;
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
         * How much application data is sealed before the transport is given it, so that one system
         * call takes several records: 1 byte to 1 MiB, rounded up to whole records; without this,
         * 64 KiB. The first record of a connection that was idle ({@link #idleAfter}) goes out by
         * itself, so that the peer can begin with it.
         *
         * @param bytes each connection with data on its way has a direct buffer of this size
         */
        public Builder batchSize(int bytes) {
            batchSize = bytes;
            return this;
        }

        /**
         * After how long without a write a connection counts as idle; one that has written nothing
         * yet is. Without this, 1 second.
         *
         * @param pause {@code ChronoUnit.FOREVER.getDuration()}: no connection ever is
         */
        public Builder idleAfter(Duration pause) {
            idleAfter = pause;
            return this;
        }

        /**
         * Whether the first 64 KiB after a connection was idle go out in records that fit into one
         * packet each, which the peer can read sooner; off unless turned on here.
         */
        public Builder dynamicRecordSizes(boolean small) {
            dynamicRecordSizes = small;
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
         * Whether a peer is refused that agrees on TLS 1.2 and does not know secure renegotiation
         * (RFC 5746); off unless turned on here. Without it such a peer is accepted, and never
         * renegotiates with us. A client cannot see whether a server that is so old lets others
         * renegotiate, and so be made to add its request to theirs: turned on here, it does not
         * talk to such a server ({@code SSL_OP_LEGACY_SERVER_CONNECT} is the opposite).
         */
        public Builder requireSecureRenegotiation(boolean required) {
            requireSecureRenegotiation = required;
            return this;
        }

        /**
         * The longest handshake message that is accepted, without its header of 4 bytes; what a
         * peer sends beyond it ends the connection with {@link SslReason#EXCESSIVE_MESSAGE_SIZE}.
         * The longest is usually a Certificate, with all of a chain ({@code
         * SSL_CTX_set_max_cert_list}). 16 KiB to 16 MiB - 1; without this, 128 KiB.
         *
         * @param bytes a peer can have us keep so many before it is known
         */
        public Builder maxHandshakeMessageSize(int bytes) {
            maxHandshakeMessageSize = bytes;
            return this;
        }

        /**
         * How many certificates a peer may send, its own included ({@code SSL_CTX_set_verify_depth}
         * counts those between it and the trust anchor); more end the connection with {@link
         * SslReason#CERTIFICATE_VERIFY_FAILED}. All of them must fit into {@link
         * #maxHandshakeMessageSize} too. What the trust manager makes of a long chain is its own
         * affair: the platform's takes a chain of any length that is in order, and builds one of at
         * most 5 intermediate certificates where it is not.
         *
         * @param certificates 1 to 1000; without this, 100
         */
        public Builder maxCertificateChainLength(int certificates) {
            maxCertificateChainLength = certificates;
            return this;
        }

        /**
         * How small a peer may want the records that we send it, by record_size_limit (RFC 8449) or
         * max_fragment_length (RFC 6066). One that wants them smaller is refused, with
         * handshake_failure and {@link SslReason#SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH}: 64 bytes
         * turn a write of 16 KiB into 256 calls of the engine, and of the token where it seals.
         * Without this, 64, which is the least that RFC 8449 allows; where an engine is given by
         * {@link #offload} or {@link #token}, 512, which is the least that RFC 6066 knows.
         *
         * @param bytes as the extensions count them: 64 to 16384
         */
        public Builder minRecordSizeLimit(int bytes) {
            minRecordSizeLimit = bytes;
            return this;
        }

        /**
         * Changes keys earlier than the cipher demands: TLS 1.3 sends a KeyUpdate before so many
         * records are sealed under one key, TLS 1.2 refuses to go on. The cipher's own limit
         * (2^24.5 records for AES-GCM) is kept in any case. Some peers, this library's among them,
         * end a connection that changes keys hundreds of times for less than 1 KiB of data each.
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

        /** Has records sealed by a token alone: {@link OffloadPolicy#TOKEN_ONLY}. */
        public Builder token(Token sealing) {
            return token(sealing, OffloadPolicy.TOKEN_ONLY);
        }

        /**
         * Has records sealed by a token.
         *
         * @param sealing stays the caller's to close, after the last connection
         * @param policy what happens when it fails, or cannot do a suite
         */
        public Builder token(Token sealing, OffloadPolicy policy) {
            return offload(sealing.sealers(), policy);
        }

        /**
         * When new connections keep away from an engine that fails, under {@link
         * OffloadPolicy#TOKEN_PREFERRED}; without this, after 3 failures in a row for 30 seconds.
         *
         * @param failures in a row, at least 1; keys that it does not take, records that it seals
         *     not at all or wrongly, and wrong signatures of its private keys
         * @param pause how long they keep away, before one tries it again
         */
        public Builder breaker(int failures, Duration pause) {
            breakerFailures = failures;
            breakerPause = pause;
            return this;
        }

        /**
         * What seals records in this process, by name, in the order of preference: services of
         * {@link SealerFactory} and JCA providers. The jar {@code sslwrite-accel} has the services
         * {@code vaes}, which is this library's own code for AES-GCM on processors with AVX-512,
         * and {@code ipsec-mb}, which is Intel's library of that name. What cannot be used is
         * passed over. Without this, {@code vaes}, {@code ipsec-mb} and {@code SunJCE}; Bouncy
         * Castle is always the last resort.
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
            return new ContextAssembly(this).build();
        }
    }
}
