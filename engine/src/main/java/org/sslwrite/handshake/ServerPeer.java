package org.sslwrite.handshake;

import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
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
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.seal.CipherSuite;
import org.sslwrite.seal.TlsVersion;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;

/** What our server accepts and answers. */
final class ServerPeer extends AbstractTlsServer {
    private final HandshakeConfig config;
    private final Seam seam;
    private final Offer offer;
    private final Credentials credentials;
    private boolean recordSizeLimitOffered;
    private int agreedGroup;
    private @Nullable String requestedName;
    private List<X509Certificate> clientChain = List.of();
    private @Nullable SessionFacts facts;

    ServerPeer(HandshakeConfig config, SealingCrypto crypto, Seam seam) {
        super(crypto);
        this.config = config;
        this.seam = seam;
        this.offer = new Offer(config);
        this.credentials = new Credentials(config.credentials());
    }

    /** What was agreed on; null before the handshake is complete. */
    @Nullable SessionFacts facts() {
        return facts;
    }

    /** The client's certificates, once they have come and were found good. */
    List<X509Certificate> clientChain() {
        return clientChain;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return offer.versions();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return offer.suitesThat(suite -> credentials.fit(suite.authentication()));
    }

    @Override
    public int[] getSupportedGroups() {
        return offer.groups();
    }

    @Override
    protected int selectECDH(int minimumCurveBits) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (offered == null) {
            // RFC 8422 section 4: without the extension "the server is free to choose any one of
            // the elliptic curves".
            offered = new int[] {NamedGroup.secp256r1};
        }
        for (int group : offered) {
            if (config.groups().contains(group)
                    && NamedGroup.getCurveBits(group) >= minimumCurveBits) {
                return group;
            }
        }
        return -1;
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
    protected int getMaximumNegotiableCurveBits() {
        int group = selectECDH(0);
        return group < 0 ? 0 : super.getMaximumNegotiableCurveBits();
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
        return config.encryptThenMac();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processClientExtensions(Hashtable clientExtensions) throws IOException {
        super.processClientExtensions(clientExtensions);
        recordSizeLimitOffered = RecordSizeLimit.obey(clientExtensions, seam, context);
        byte[] names =
                TlsUtils.getExtensionData(clientExtensions, TlsExtensionsUtils.EXT_server_name);
        if (names != null) {
            requestedName = ServerNames.hostName(names);
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
        return extensions;
    }

    @Override
    public TlsCredentials getCredentials() throws IOException {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        TlsCredentials signer =
                credentials.signer(
                        CipherSuite.of(agreed.getCipherSuite()).authentication(),
                        requestedName,
                        SealingCrypto.versionOf(agreed.getNegotiatedVersion()),
                        agreed.getClientSigAlgs(),
                        new byte[0],
                        new TlsCryptoParameters(context),
                        getCrypto());
        if (signer == null) {
            throw nothingToSignWith();
        }
        return signer;
    }

    private static Refusal nothingToSignWith() {
        return new Refusal(
                Kind.NO_SHARED_SIGNATURE_ALGORITHM,
                AlertDescription.handshake_failure,
                "no certificate of ours fits the client's signature algorithms");
    }

    @Override
    public int getSelectedCipherSuite() throws IOException {
        try {
            return super.getSelectedCipherSuite();
        } catch (TlsFatalAlert e) {
            // Suites and groups were not the reason: no signature of ours suits the client.
            throw explain(e) instanceof Refusal refusal ? refusal : nothingToSignWith();
        }
    }

    /** Says on what the two sides could not agree, where Bouncy Castle says handshake_failure. */
    TlsFatalAlert explain(TlsFatalAlert failure) {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        if (failure instanceof Refusal
                || failure.getAlertDescription() != AlertDescription.handshake_failure
                || agreed == null
                || agreed.getNegotiatedVersion() == null) {
            return failure;
        }
        TlsVersion version = SealingCrypto.versionOf(agreed.getNegotiatedVersion());
        int[] ours =
                offer.suitesThat(
                        suite ->
                                suite.version() == version
                                        && credentials.fit(suite.authentication()));
        if (haveNothingInCommon(offeredCipherSuites, ours)) {
            return nothingInCommon(Kind.NO_SHARED_CIPHER, "cipher suite", failure);
        }
        if (haveNothingInCommon(agreed.getClientSupportedGroups(), offer.groups())) {
            return nothingInCommon(Kind.NO_SHARED_GROUP, "group", failure);
        }
        return failure;
    }

    private static boolean haveNothingInCommon(int @Nullable [] theirs, int[] ours) {
        return theirs != null
                && Arrays.stream(theirs)
                        .noneMatch(code -> Arrays.stream(ours).anyMatch(own -> own == code));
    }

    private static Refusal nothingInCommon(Kind kind, String what, TlsFatalAlert cause) {
        return new Refusal(
                kind, AlertDescription.handshake_failure, "no " + what + " in common", cause);
    }

    @Override
    public @Nullable CertificateRequest getCertificateRequest() throws IOException {
        if (!config.requestClientCertificate()) {
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
        clientChain = PeerVerifier.platformChain(certificate);
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        TlsVersion version = SealingCrypto.versionOf(agreed.getNegotiatedVersion());
        if (!clientChain.isEmpty()) {
            new PeerVerifier(config.trust())
                    .checkClient(clientChain, version, CipherSuite.of(agreed.getCipherSuite()));
        } else if (config.requireClientCertificate()) {
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
        facts =
                Offer.facts(
                        context.getSecurityParametersConnection(),
                        requestedName,
                        clientChain,
                        facts);
    }
}
