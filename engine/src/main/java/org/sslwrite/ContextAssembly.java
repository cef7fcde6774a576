package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeConfig;
import org.sslwrite.handshake.HandshakeConfig.Negotiation;
import org.sslwrite.handshake.HandshakeConfig.PeerAuthentication;
import org.sslwrite.handshake.HandshakeConfig.PeerLimits;
import org.sslwrite.handshake.HandshakeConfig.Renegotiation;
import org.sslwrite.handshake.HandshakeConfig.Sealers;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.CipherSuite.Authentication;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.chain.Breaker;
import org.sslwrite.seal.chain.SealerChain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Checks what a builder was given, has keys and engines try what they are to do, makes the context.
 */
final class ContextAssembly {
    private static final int MAX_BATCH = 1 << 20;
    private static final int MAX_CHAIN = 1000;

    private final SslContext.Builder from;
    private final @Nullable SealerFactory offload;
    private final @Nullable Breaker breaker;
    private final OffloadMonitor watch;

    ContextAssembly(SslContext.Builder from) {
        this.from = from;
        this.offload = from.offloadPolicy == OffloadPolicy.SOFTWARE ? null : from.token;
        this.breaker =
                offload != null && from.offloadPolicy == OffloadPolicy.TOKEN_PREFERRED
                        ? new Breaker(from.breakerFailures, from.breakerPause)
                        : null;
        this.watch = new OffloadMonitor(offload == null ? null : offload.engine(), breaker);
    }

    /** A setting that does not hold is the caller's mistake. */
    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    SslContext build() {
        checkSizes();
        checkNegotiation();
        List<SealerFactory> software = SoftwareEngines.named(from.providers);
        SealerChain sealers = sealers(software);
        // Each has the token try something; together they take half as long.
        OffloadOutlook outlook = new OffloadOutlook(offload, from.versions, from.suites);
        SigningOutlook signing = new SigningOutlook(from.identities, from.versions);
        outlook.awaitAnswers(signing.versions());
        List<CipherSuite> usable = usableSuites(sealers, signing, outlook);
        HandshakeConfig config =
                new HandshakeConfig(
                        new SecureRandom(),
                        new Sealers(sealers, handshakeSealers(sealers, software), offload != null),
                        signing.credentials(),
                        peerAuthentication(),
                        negotiation(signing.versions(), usable),
                        new Renegotiation(from.allowRenegotiation, from.requireSecureRenegotiation),
                        limits());
        signing.tell();
        if (breaker != null) {
            outlook.tell(watch);
        }
        return new SslContext(
                from, config, watch, breaker == null ? Map.of() : outlook.notSealed());
    }

    private void checkSizes() {
        check(
                from.maxSendFragment >= RecordLayout.MIN_SEND_FRAGMENT
                        && from.maxSendFragment <= RecordLayout.MAX_FRAGMENT,
                "maxSendFragment must be from 512 to 16384 bytes: " + from.maxSendFragment);
        check(
                from.batchSize >= 1 && from.batchSize <= MAX_BATCH,
                "batchSize must be from 1 byte to 1 MiB: " + from.batchSize);
        check(!from.idleAfter.isNegative(), "idleAfter must not be negative: " + from.idleAfter);
        check(from.recordsPerKey >= 4, "recordsPerKey must be at least 4: " + from.recordsPerKey);
        check(
                from.maxHandshakeMessageSize >= 1 << 14 && from.maxHandshakeMessageSize < 1 << 24,
                "maxHandshakeMessageSize must be from 16 KiB to 16 MiB - 1: "
                        + from.maxHandshakeMessageSize);
        check(
                from.maxCertificateChainLength >= 1 && from.maxCertificateChainLength <= MAX_CHAIN,
                "maxCertificateChainLength must be from 1 to 1000 certificates: "
                        + from.maxCertificateChainLength);
    }

    private void checkNegotiation() {
        check(!from.versions.isEmpty(), "no TLS version is allowed");
        check(!from.groups.isEmpty(), "no group is allowed");
        for (String protocol : from.alpn) {
            int length = protocol.getBytes(StandardCharsets.UTF_8).length;
            check(
                    length >= 1 && length <= 255,
                    "an ALPN protocol name has 1 to 255 bytes: \"" + protocol + "\"");
        }
    }

    private SealerChain sealers(List<SealerFactory> software) {
        if (offload == null) {
            return new SealerChain(software, null, watch);
        }
        if (breaker == null) {
            requireAvailable(offload);
            return new SealerChain(List.of(offload), null, watch);
        }
        List<SealerFactory> all = new ArrayList<>(List.of(offload));
        all.addAll(software);
        return new SealerChain(all, breaker, watch);
    }

    private static void requireAvailable(SealerFactory offload) {
        try {
            offload.requireAvailable();
        } catch (SealException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; records may be sealed by it alone", e);
        }
    }

    private SealerChain handshakeSealers(SealerChain sealers, List<SealerFactory> software) {
        return offload == null || from.offloadPolicy == OffloadPolicy.TOKEN_STRICT
                ? sealers
                : new SealerChain(software, null, watch);
    }

    private PeerAuthentication peerAuthentication() {
        return new PeerAuthentication(
                trust(),
                from.verifyHost && !from.trustAnyone,
                from.clientAuth != ClientAuth.NONE,
                from.clientAuth == ClientAuth.REQUIRED);
    }

    private Negotiation negotiation(List<TlsVersion> versions, List<CipherSuite> suites) {
        return new Negotiation(
                versions.stream().distinct().sorted((a, b) -> b.code() - a.code()).toList(),
                suites,
                from.suitesAreOrdered,
                from.groups.stream().map(NamedGroup::code).distinct().toList(),
                from.groupsAreOrdered,
                from.alpn,
                from.encryptThenMac);
    }

    private PeerLimits limits() {
        return new PeerLimits(
                from.recordsPerKey,
                from.maxHandshakeMessageSize,
                from.maxCertificateChainLength,
                minRecordSizeLimit());
    }

    private int minRecordSizeLimit() {
        Integer wanted = from.minRecordSizeLimit;
        if (wanted == null) {
            return from.token == null
                    ? RecordLayout.MIN_RECORD_SIZE_LIMIT
                    : RecordLayout.MIN_SEND_FRAGMENT;
        }
        check(
                wanted >= RecordLayout.MIN_RECORD_SIZE_LIMIT && wanted <= RecordLayout.MAX_FRAGMENT,
                "minRecordSizeLimit must be from 64 to 16384 bytes: " + wanted);
        return wanted;
    }

    private List<CipherSuite> usableSuites(
            SealerChain sealers, SigningOutlook signing, OffloadOutlook outlook) {
        Set<String> reasons = new LinkedHashSet<>();
        List<CipherSuite> usable = sealedSuites(sealers, signing.versions(), reasons);
        boolean isAlone = breaker == null;
        check(
                reasons.isEmpty() || !usable.isEmpty(),
                "none of the suites "
                        + from.suites
                        + " can be sealed: "
                        + String.join("; ", reasons)
                        + (isAlone ? outlook.advice() : ""));
        if (isAlone) {
            outlook.requireEveryVersion();
        }
        checkVersions(usable, signing);
        if (!from.identities.isEmpty()) {
            check(
                    usable.stream().anyMatch(this::hasIdentityFor),
                    "no identity fits any of the suites "
                            + usable
                            + ": they want another kind of certificate");
        }
        return usable;
    }

    private List<CipherSuite> sealedSuites(
            SealerChain sealers, List<TlsVersion> versions, Set<String> reasons) {
        List<CipherSuite> sealed = new ArrayList<>();
        for (CipherSuite suite : new LinkedHashSet<>(from.suites)) {
            if (versions.contains(suite.version())) {
                SealerChoice choice =
                        sealers.choiceFor(new SealingParameters(suite.version(), suite, false));
                if (choice.isSealed()) {
                    sealed.add(suite);
                } else {
                    reasons.add(choice.toString());
                }
            }
        }
        return List.copyOf(sealed);
    }

    private void checkVersions(List<CipherSuite> usable, SigningOutlook signing) {
        String without = signing.explanation();
        check(
                !usable.isEmpty(),
                "none of the suites "
                        + from.suites
                        + " goes with "
                        + signing.versions()
                        + (without.isEmpty() ? "" : "; " + without));
        for (TlsVersion version : signing.versions()) {
            check(
                    usable.stream().anyMatch(suite -> suite.version() == version),
                    "no suite is given for " + version + "; give one, or leave the version out");
        }
    }

    private boolean hasIdentityFor(CipherSuite suite) {
        boolean isRsa = suite.authentication() == Authentication.RSA;
        return suite.authentication() == Authentication.ANY
                || from.identities.stream().anyMatch(identity -> identity.isRsa() == isRsa);
    }

    private @Nullable X509ExtendedTrustManager trust() {
        if (from.trustAnyone) {
            return null;
        }
        if (from.trustManager != null) {
            return from.trustManager;
        }
        try {
            return platformTrust(null);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the platform's trust store cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * The platform's PKIX.
     *
     * @param anchors null for those of the platform
     */
    static X509ExtendedTrustManager platformTrust(@Nullable KeyStore anchors)
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
