package org.sslwrite.handshake;

import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.Credentials.Fitting;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;

/** What our client offers and accepts. */
final class ClientPeer extends AbstractTlsClient {
    private final HandshakeConfig config;
    private final TlsProtocolHooks seam;
    private final BctlsParameters offer;
    private final @Nullable String host;
    private List<X509Certificate> serverChain = List.of();
    private @Nullable SessionFacts facts;
    private boolean chosen;
    private boolean certificateMissed;

    ClientPeer(
            HandshakeConfig config,
            SealingCrypto crypto,
            TlsProtocolHooks seam,
            @Nullable String host) {
        super(crypto);
        this.config = config;
        this.seam = seam;
        this.offer = new BctlsParameters(config);
        this.host = host;
    }

    /** What was agreed on; null before the handshake is complete. */
    @Nullable SessionFacts facts() {
        return facts;
    }

    /** What of the handshake may have led to a fatal alert of the server's; empty if nothing. */
    String whenAlerted(int alert) {
        return switch (alert) {
            case AlertDescription.handshake_failure, AlertDescription.insufficient_security ->
                    chosen ? missed() : "; it accepts nothing of what we offer";
            case AlertDescription.bad_certificate,
                    AlertDescription.unsupported_certificate,
                    AlertDescription.certificate_unknown,
                    AlertDescription.certificate_required,
                    AlertDescription.access_denied ->
                    missed();
            case AlertDescription.unrecognized_name -> host == null ? "" : "; we named " + host;
            default -> "";
        };
    }

    private String missed() {
        return certificateMissed ? "; it has asked for a certificate, and got none" : "";
    }

    @Override
    public void notifySelectedCipherSuite(int selectedCipherSuite) {
        chosen = true;
        super.notifySelectedCipherSuite(selectedCipherSuite);
    }

    /** The server's certificates, once they have come. */
    List<X509Certificate> serverChain() {
        return serverChain;
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

    @Override
    protected int[] getSupportedCipherSuites() {
        return offer.suites();
    }

    /** A connection keeps its version: what a renegotiation offers is TLS 1.2 and no more. */
    @Override
    public ProtocolVersion[] getProtocolVersions() {
        return isRenegotiating()
                ? new ProtocolVersion[] {ProtocolVersion.TLSv12}
                : super.getProtocolVersions();
    }

    @Override
    public int[] getCipherSuites() {
        return isRenegotiating()
                ? offer.suitesThat(suite -> suite.version() == TlsVersion.TLSV1_2)
                : super.getCipherSuites();
    }

    private boolean isRenegotiating() {
        SecurityParameters handshake = context.getSecurityParametersHandshake();
        return handshake != null && handshake.isRenegotiating();
    }

    @Override
    @SuppressWarnings("rawtypes")
    protected Vector<Integer> getSupportedGroups(Vector namedGroupRoles) {
        return offer.groupVector();
    }

    @Override
    public Vector<Integer> getEarlyKeyShareGroups() {
        return new Vector<>(config.negotiation().groups().subList(0, 1));
    }

    @Override
    protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
        return SignatureChoice.offered();
    }

    @Override
    protected @Nullable Vector<ProtocolName> getProtocolNames() {
        return offer.protocolNames();
    }

    @Override
    protected @Nullable Vector<ServerName> getSNIServerNames() {
        if (host == null || Hosts.isAddress(host)) {
            return null;
        }
        Vector<ServerName> names = new Vector<>();
        names.add(new ServerName(NameType.host_name, host.getBytes(StandardCharsets.US_ASCII)));
        return names;
    }

    @Override
    protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
        return null;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Hashtable<Integer, byte[]> getClientExtensions() throws IOException {
        Hashtable<Integer, byte[]> extensions = new OrderedExtensions(super.getClientExtensions());
        if (!config.negotiation().encryptThenMac()) {
            extensions.remove(TlsExtensionsUtils.EXT_encrypt_then_mac);
        }
        RecordSizeLimit.offer(extensions, getProtocolVersions()[0]);
        return extensions;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processServerExtensions(Hashtable serverExtensions) throws IOException {
        super.processServerExtensions(serverExtensions);
        RecordSizeLimit.obey(serverExtensions, seam, context);
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate)
                    throws IOException {
                judge(certificate);
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request)
                    throws IOException {
                return answer(request);
            }
        };
    }

    private void judge(TlsServerCertificate certificate) throws IOException {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        serverChain =
                PeerVerifier.platformChain(
                        certificate.getCertificate(), config.limits().maxCertificateChainLength());
        new PeerVerifier(config.authentication().trust())
                .checkServer(
                        serverChain,
                        SealingCrypto.versionOf(agreed.getNegotiatedVersion()),
                        CipherSuite.of(agreed.getCipherSuite()),
                        config.authentication().verifyHost() ? host : null);
    }

    private @Nullable TlsCredentials answer(CertificateRequest request) throws IOException {
        SecurityParameters agreed = context.getSecurityParametersHandshake();
        PeerDemands demands = PeerDemands.ofServer(agreed, request);
        List<Fitting> fitting = new Credentials(config.credentials()).fitting(demands);
        if (fitting.isEmpty()) {
            certificateMissed = true;
            return null;
        }
        byte[] requestContext = request.getCertificateRequestContext();
        return Credentials.signer(
                fitting.getFirst(),
                demands.version(),
                requestContext == null ? new byte[0] : requestContext,
                new TlsCryptoParameters(context),
                (SealingCrypto) getCrypto(),
                config.sealers().chain().watch());
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        facts =
                BctlsParameters.facts(
                        context.getSecurityParametersConnection(), host, serverChain, facts);
    }
}
