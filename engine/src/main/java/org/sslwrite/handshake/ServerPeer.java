package org.sslwrite.handshake;

import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.Credentials.Fitting;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.Vector;
import java.util.stream.IntStream;

/** What our server accepts and answers. */
final class ServerPeer extends AbstractTlsServer {
    private final HandshakeConfig config;
    private final TlsProtocolHooks seam;
    private final BctlsParameters offer;
    private final Credentials credentials;
    private boolean recordSizeLimitOffered;
    private int agreedGroup;
    private @Nullable String requestedName;
    private List<X509Certificate> clientChain = List.of();
    private Set<Integer> keyShares = Set.of();
    private @Nullable Fitting selectedCredential;
    private @Nullable SessionFacts facts;

    ServerPeer(HandshakeConfig config, SealingCrypto crypto, TlsProtocolHooks seam) {
        super(crypto);
        this.config = config;
        this.seam = seam;
        this.offer = new BctlsParameters(config);
        this.credentials = new Credentials(config.credentials());
    }

    /** What was agreed on; null before the handshake is complete. */
    @Nullable SessionFacts facts() {
        return facts;
    }

    /** The client's certificates, once they have come. */
    List<X509Certificate> clientChain() {
        return clientChain;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return offer.versions();
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return config.limits().maxHandshakeMessageSize();
    }

    /** {@link PeerVerifier} counts: Bouncy Castle would blame us. */
    @Override
    public int getMaxCertificateChainLength() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void notifySecureRenegotiation(boolean secure) throws IOException {
        config.renegotiation().check(secure);
    }

    /** The newest that both have, whatever the client's order. */
    @Override
    public ProtocolVersion getServerVersion() throws IOException {
        for (ProtocolVersion version : getProtocolVersions()) {
            if (ProtocolVersion.contains(context.getClientSupportedVersions(), version)) {
                return version;
            }
        }
        throw new TlsFatalAlert(
                AlertDescription.protocol_version, "no protocol version in common with the client");
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return offer.suites();
    }

    /** Takes note of the groups that a ClientHello has key shares for. */
    @SuppressWarnings("rawtypes")
    void noteKeyShares(@Nullable Hashtable extensions) throws IOException {
        Set<Integer> groups = new HashSet<>();
        if (config.negotiation().versions().contains(TlsVersion.TLSV1_3) && extensions != null) {
            Vector<?> shares = TlsExtensionsUtils.getKeyShareClientHello(extensions);
            if (shares != null) {
                shares.forEach(share -> groups.add(((KeyShareEntry) share).getNamedGroup()));
            }
        }
        keyShares = groups;
    }

    /**
     * Our groups in the order that was given to us, or else in the client's, but with those first
     * that need no HelloRetryRequest.
     */
    @Override
    public int[] getSupportedGroups() {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (config.negotiation().groupsAreOrdered() || offered == null) {
            return offer.groups();
        }
        IntStream common = IntStream.of(offered).filter(config.negotiation().groups()::contains);
        return IntStream.concat(
                        common.boxed()
                                .sorted(Comparator.comparing(group -> !keyShares.contains(group)))
                                .mapToInt(Integer::intValue),
                        IntStream.of(offer.groups()))
                .distinct()
                .toArray();
    }

    @Override
    public boolean preferLocalSupportedGroups() {
        return true;
    }

    @Override
    protected int selectECDH(int minimumCurveBits) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (offered == null) {
            // RFC 8422 section 4: without the extension "the server is free to choose any one of
            // the elliptic curves".
            offered = new int[] {NamedGroup.secp256r1};
        }
        for (int group : getSupportedGroups()) {
            if (contains(offered, group) && NamedGroup.getCurveBits(group) >= minimumCurveBits) {
                return group;
            }
        }
        return -1;
    }

    private static boolean contains(int[] groups, int wanted) {
        return IntStream.of(groups).anyMatch(group -> group == wanted);
    }

    /**
     * Chooses the suite, and the certificate with it: in TLS 1.2 the one decides what kind the
     * other may be, and a certificate that names the host counts for more than a suite.
     */
    @Override
    public int getSelectedCipherSuite() throws IOException {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        TlsVersion version = SealingCrypto.versionOf(agreed.getNegotiatedVersion());
        List<CipherSuite> common = commonSuites(version);
        if (common.isEmpty()) {
            throw noChoice(Kind.NO_SHARED_CIPHER, "no cipher suite in common with the client");
        }
        if (selectECDH(0) < 0) {
            throw noChoice(
                    Kind.NO_SHARED_GROUP,
                    "no group for the key exchange in common with the client");
        }
        PeerDemands demands = PeerDemands.ofClient(agreed, clientExtensions, requestedName);
        List<Fitting> fitting = credentials.fitting(demands);
        List<Fitting> named =
                fitting.stream().filter(f -> demands.isNamedBy(f.credential())).toList();
        List<Fitting> known =
                fitting.stream().filter(f -> demands.knowsChainOf(f.credential())).toList();
        // RFC 5246 section 7.4.2: all certificates "MUST be signed by a hash/signature algorithm
        // pair" that the client offers, where we have such a chain.
        if (!select(common, named) && !select(common, known) && !select(common, fitting)) {
            throw noChoice(
                    fitting.isEmpty() ? Kind.NO_SHARED_SIGNATURE_ALGORITHM : Kind.NO_SHARED_CIPHER,
                    fitting.isEmpty()
                            ? "no certificate of ours fits the client's signature algorithms and"
                                    + " groups"
                            : "no cipher suite in common with the client for the kinds of"
                                    + " certificates that fit it");
        }
        return selectedCipherSuite;
    }

    private List<CipherSuite> commonSuites(TlsVersion version) {
        int[] codes =
                TlsUtils.getCommonCipherSuites(
                        offeredCipherSuites,
                        getCipherSuites(),
                        config.negotiation().suitesAreOrdered());
        return IntStream.of(codes)
                .mapToObj(CipherSuite::of)
                .filter(suite -> suite.version() == version)
                .toList();
    }

    private boolean select(List<CipherSuite> suites, List<Fitting> among) {
        for (CipherSuite suite : suites) {
            for (Fitting fitting : among) {
                if (fitting.credential().fits(suite.authentication())) {
                    selectedCipherSuite = suite.code();
                    selectedCredential = fitting;
                    return true;
                }
            }
        }
        return false;
    }

    private static Refusal noChoice(Kind kind, String what) {
        return new Refusal(kind, AlertDescription.handshake_failure, what);
    }

    @Override
    public TlsECConfig getECDHConfig() throws IOException {
        TlsECConfig agreed = super.getECDHConfig();
        agreedGroup = agreed.getNamedGroup();
        return agreed;
    }

    /** The group of a key exchange of TLS 1.2; 0 before it. */
    int agreedGroup() {
        return agreedGroup;
    }

    @Override
    protected @Nullable Vector<ProtocolName> getProtocolNames() {
        return offer.protocolNames();
    }

    @Override
    protected boolean allowCertificateStatus() {
        return false;
    }

    @Override
    protected boolean allowEncryptThenMAC() {
        return config.negotiation().encryptThenMac();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processClientExtensions(Hashtable clientExtensions) throws IOException {
        super.processClientExtensions(clientExtensions);
        recordSizeLimitOffered = RecordSizeLimit.obey(clientExtensions, seam, context);
        checkMaxFragmentLength();
        byte[] names =
                TlsUtils.getExtensionData(clientExtensions, TlsExtensionsUtils.EXT_server_name);
        if (names != null) {
            requestedName = ServerNames.hostName(names);
        }
    }

    /** RFC 6066 section 4: 1 stands for 512 bytes, 4 for 4096. */
    private void checkMaxFragmentLength() throws IOException {
        if (maxFragmentLengthOffered >= 0 && !recordSizeLimitOffered) {
            seam.checkRecordSizeLimit(1 << (8 + maxFragmentLengthOffered));
        }
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = super.getServerExtensions();
        if (recordSizeLimitOffered) {
            // RFC 8449 section 5: "A server that supports the record_size_limit extension MUST
            // ignore a max_fragment_length extension that appears in a ClientHello if both
            // extensions appear."
            extensions.remove(TlsExtensionsUtils.EXT_max_fragment_length);
            RecordSizeLimit.offer(extensions, context.getServerVersion());
        }
        if (isChosenByName()) {
            // RFC 6066 section 3: a server that uses the name "to guide its selection of an
            // appropriate certificate" includes an extension with empty data.
            TlsExtensionsUtils.addServerNameExtensionServer(extensions);
        }
        return extensions;
    }

    private boolean isChosenByName() {
        return requestedName != null
                && TlsUtils.getExtensionData(clientExtensions, TlsExtensionsUtils.EXT_server_name)
                        != null
                && selected().credential().names(requestedName);
    }

    private Fitting selected() {
        return Objects.requireNonNull(selectedCredential, "chosen with the suite");
    }

    @Override
    public TlsCredentials getCredentials() throws IOException {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        return Credentials.signer(
                selected(),
                SealingCrypto.versionOf(agreed.getNegotiatedVersion()),
                new byte[0],
                new TlsCryptoParameters(context),
                (SealingCrypto) getCrypto(),
                config.sealers().chain().watch());
    }

    @Override
    public @Nullable CertificateRequest getCertificateRequest() throws IOException {
        if (!config.authentication().requestCertificate()) {
            return null;
        }
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        if (SealingCrypto.versionOf(agreed.getNegotiatedVersion()) == TlsVersion.TLSV1_3) {
            return new CertificateRequest(new byte[0], SignatureChoice.offered(), null, null);
        }
        short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
        return new CertificateRequest(types, SignatureChoice.offered(), null);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        clientChain =
                PeerVerifier.platformChain(
                        certificate, config.limits().maxCertificateChainLength());
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        TlsVersion version = SealingCrypto.versionOf(agreed.getNegotiatedVersion());
        if (!clientChain.isEmpty()) {
            new PeerVerifier(config.authentication().trust())
                    .checkClient(clientChain, version, CipherSuite.of(agreed.getCipherSuite()));
        } else if (config.authentication().requireCertificate()) {
            // RFC 8446 section 4.4.2.4: certificate_required. TLS 1.2 knows no such alert (RFC 5246
            // section 7.4.6).
            short alert =
                    version == TlsVersion.TLSV1_3
                            ? AlertDescription.certificate_required
                            : AlertDescription.handshake_failure;
            throw new Refusal(
                    Kind.CERTIFICATE_MISSING,
                    alert,
                    "the client sent no certificate, and one is required");
        }
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        clientExtensions = null;
        keyShares = Set.of();
        selectedCredential = null;
        facts =
                BctlsParameters.facts(
                        context.getSecurityParametersConnection(),
                        requestedName,
                        clientChain,
                        facts);
    }
}
