package org.sslwrite.kit;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.sslwrite.bio.Bio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Bouncy Castle's client with a ClientHello of the test's own, for what a server chooses: no real
 * client can be told all of it, or tells all that was chosen. It trusts anyone.
 */
public final class BcClient {
    private final Hello hello;
    private final Side side;
    private final RawPeer peer;
    private X509Certificate certificate;

    /** Of TLS 1.2, where a client makes no key share before it knows the group. */
    private int group = -1;

    private boolean nameAcknowledged;
    private boolean retried;
    private short alert = -1;

    /**
     * What it offers, each in its order.
     *
     * @param shares the groups that it sends key shares for, in TLS 1.3
     * @param host what it asks for; empty to leave it out
     */
    public record Hello(
            List<TlsVersion> versions,
            List<CipherSuite> suites,
            List<Integer> groups,
            List<Integer> shares,
            List<Integer> schemes,
            String host,
            List<Pki> authorities) {
        /** All that our server knows, and RSA last. */
        public static Hello of(TlsVersion version) {
            return new Hello(
                    List.of(version),
                    Stream.of(CipherSuite.values()).filter(s -> s.version() == version).toList(),
                    List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1),
                    List.of(NamedGroup.x25519),
                    List.of(
                            SignatureScheme.ecdsa_secp256r1_sha256,
                            SignatureScheme.ecdsa_secp384r1_sha384,
                            SignatureScheme.rsa_pss_rsae_sha256,
                            SignatureScheme.rsa_pkcs1_sha256),
                    "",
                    List.of());
        }

        public Hello versions(TlsVersion... offered) {
            List<CipherSuite> all = List.of(CipherSuite.values());
            return new Hello(List.of(offered), all, groups, shares, schemes, host, authorities);
        }

        public Hello suites(CipherSuite... offered) {
            return new Hello(
                    versions, List.of(offered), groups, shares, schemes, host, authorities);
        }

        public Hello groups(int... offered) {
            return new Hello(versions, suites, boxed(offered), shares, schemes, host, authorities);
        }

        public Hello shares(int... offered) {
            return new Hello(versions, suites, groups, boxed(offered), schemes, host, authorities);
        }

        public Hello noShares() {
            return shares(new int[0]);
        }

        public Hello schemes(int... offered) {
            return new Hello(versions, suites, groups, shares, boxed(offered), host, authorities);
        }

        public Hello host(String asked) {
            return new Hello(versions, suites, groups, shares, schemes, asked, authorities);
        }

        /** Those that it names in certificate_authorities. */
        public Hello authorities(Pki... named) {
            return new Hello(versions, suites, groups, shares, schemes, host, List.of(named));
        }

        private static List<Integer> boxed(int... codes) {
            return IntStream.of(codes).boxed().toList();
        }

        @Override
        public String toString() {
            return "%s %s, groups %s, shares %s, schemes %s, asks for \"%s\", CAs %s"
                    .formatted(
                            versions,
                            suites.size() > 3 ? suites.size() + " suites" : suites,
                            named(groups.stream().map(NamedGroup::getName)),
                            named(shares.stream().map(NamedGroup::getName)),
                            named(schemes.stream().map(SignatureScheme::getName)),
                            host,
                            authorities);
        }

        private static String named(Stream<String> names) {
            return names.collect(Collectors.joining(" "));
        }
    }

    /** Begins the handshake. */
    public BcClient(Hello hello, Bio bio) {
        this.hello = hello;
        this.side = new Side();
        Protocol protocol = new Protocol();
        this.peer = new RawPeer(protocol, protocol::send, bio);
        try {
            protocol.connect(side);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what is there, answers, and sends what waits; an alert is kept, and ends it. */
    public void turn() {
        try {
            peer.turn();
        } catch (UncheckedIOException e) {
            if (alert < 0) {
                throw e;
            }
        }
    }

    public boolean isReady() {
        return peer.isReady();
    }

    public TlsVersion version() {
        return side.version();
    }

    public CipherSuite suite() {
        return side.suite();
    }

    /** The group of the key exchange; -1 before it. */
    public int group() {
        return side.version() == TlsVersion.TLSV1_3 ? side.group() : group;
    }

    /** The server's; null before it has come. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Whether the server has sent a server_name extension. */
    public boolean isNameAcknowledged() {
        return nameAcknowledged;
    }

    /** Whether a HelloRetryRequest has come. */
    public boolean isRetried() {
        return retried;
    }

    /** The alert that it has sent or received with level fatal; -1 for none. */
    public short alert() {
        return alert;
    }

    private final class Protocol extends TlsClientProtocol {
        void send(int type, byte[] content) throws IOException {
            writeRecord((short) type, content, 0, content.length);
        }

        @Override
        protected void process13HelloRetryRequest(ServerHello message) throws IOException {
            retried = true;
            super.process13HelloRetryRequest(message);
        }
    }

    private final class Side extends DefaultTlsClient {
        Side() {
            super(new Crypto());
        }

        TlsVersion version() {
            return context.getServerVersion().equals(ProtocolVersion.TLSv13)
                    ? TlsVersion.TLSV1_3
                    : TlsVersion.TLSV1_2;
        }

        int group() {
            return context.getSecurityParametersConnection().getNegotiatedGroup();
        }

        CipherSuite suite() {
            return CipherSuite.of(context.getSecurityParametersConnection().getCipherSuite());
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return hello.versions().stream()
                    .map(
                            version ->
                                    version == TlsVersion.TLSV1_3
                                            ? ProtocolVersion.TLSv13
                                            : ProtocolVersion.TLSv12)
                    .toArray(ProtocolVersion[]::new);
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return hello.suites().stream().mapToInt(CipherSuite::code).toArray();
        }

        @Override
        @SuppressWarnings("rawtypes")
        protected Vector<Integer> getSupportedGroups(Vector roles) {
            return new Vector<>(hello.groups());
        }

        @Override
        public Vector<Integer> getEarlyKeyShareGroups() {
            return new Vector<>(hello.shares());
        }

        @Override
        protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
            Vector<SignatureAndHashAlgorithm> schemes = new Vector<>();
            hello.schemes()
                    .forEach(s -> schemes.add(SignatureScheme.getSignatureAndHashAlgorithm(s)));
            return schemes;
        }

        @Override
        protected Vector<ServerName> getSNIServerNames() {
            if (hello.host().isEmpty()) {
                return null;
            }
            byte[] name = hello.host().getBytes(StandardCharsets.US_ASCII);
            return new Vector<>(List.of(new ServerName(NameType.host_name, name)));
        }

        @Override
        protected Vector<X500Name> getCertificateAuthorities() {
            return hello.authorities().isEmpty() ? null : Pki.names(hello.authorities());
        }

        @Override
        @SuppressWarnings("rawtypes")
        public void processServerExtensions(Hashtable extensions) throws IOException {
            nameAcknowledged =
                    extensions != null
                            && extensions.containsKey(TlsExtensionsUtils.EXT_server_name);
            super.processServerExtensions(extensions);
        }

        @Override
        public void notifyAlertReceived(short level, short description) {
            if (description != AlertDescription.close_notify) {
                alert = description;
            }
        }

        @Override
        public void notifyAlertRaised(short level, short description, String text, Throwable e) {
            if (description != AlertDescription.close_notify) {
                alert = description;
            }
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate shown) throws IOException {
                    certificate = platform(shown.getCertificate().getCertificateAt(0).getEncoded());
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }

    private final class Crypto extends BcTlsCrypto {
        Crypto() {
            super(new SecureRandom());
        }

        @Override
        public TlsECDomain createECDomain(TlsECConfig config) {
            group = config.getNamedGroup();
            return super.createECDomain(config);
        }
    }

    static X509Certificate platform(byte[] encoded) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(encoded));
        } catch (CertificateException e) {
            throw new IOException(Arrays.toString(encoded), e);
        }
    }
}
