package org.sslwrite.kit;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.Vector;

/**
 * Bouncy Castle's server with a CertificateRequest of the test's own, which shows what a client's
 * hellos and certificates were, also in a renegotiation, where a real server shows nothing.
 */
public final class BcServer {
    private final Asked asked;
    private final RawPeer peer;
    private final List<Heard> hellos = new ArrayList<>();
    private X509Certificate certificate;

    /**
     * What its CertificateRequest says; nothing is asked for if there is no scheme.
     *
     * @param types certificate_types, in TLS 1.2
     * @param authorities certificate_authorities; empty to name none
     */
    public record Asked(List<Integer> schemes, short[] types, List<Pki> authorities) {
        public static final Asked NOTHING = new Asked(List.of(), new short[0], List.of());

        @Override
        public String toString() {
            return "schemes %s, types %s, authorities %s"
                    .formatted(
                            schemes.stream().map(SignatureScheme::getName).toList(),
                            Arrays.toString(types),
                            authorities);
        }
    }

    /** What a ClientHello has said. */
    public record Heard(List<String> versions, List<Integer> suites, Set<Integer> extensions) {}

    public BcServer(Scene scene, Asked asked, Bio bio) {
        this.asked = asked;
        Protocol protocol = new Protocol();
        this.peer = new RawPeer(protocol, protocol::send, bio);
        try {
            protocol.accept(new Side(scene));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads what is there, answers, and sends what waits. */
    public void turn() {
        peer.turn();
    }

    public boolean isReady() {
        return peer.isReady();
    }

    /** The ClientHellos so far. */
    public List<Heard> hellos() {
        return hellos;
    }

    /** The client's; null if it has shown none. */
    public X509Certificate certificate() {
        return certificate;
    }

    private static final class Protocol extends TlsServerProtocol {
        void send(int type, byte[] content) throws IOException {
            writeRecord((short) type, content, 0, content.length);
        }

        @Override
        protected int getRenegotiationPolicy() {
            return RenegotiationPolicy.ACCEPT;
        }
    }

    private final class Side extends RawPeer.ServerSide {
        private final boolean tls13;

        Side(Scene scene) {
            super(scene, new RawPeer.Manner());
            this.tls13 = scene.isTls13();
        }

        @Override
        @SuppressWarnings({"rawtypes", "unchecked"})
        public void processClientExtensions(Hashtable extensions) throws IOException {
            super.processClientExtensions(extensions);
            hellos.add(
                    new Heard(
                            Arrays.stream(context.getClientSupportedVersions())
                                    .map(ProtocolVersion::getName)
                                    .toList(),
                            Arrays.stream(offeredCipherSuites).boxed().toList(),
                            new TreeSet<Integer>(extensions.keySet())));
        }

        @Override
        public CertificateRequest getCertificateRequest() throws IOException {
            if (asked.schemes().isEmpty()) {
                return null;
            }
            Vector<SignatureAndHashAlgorithm> schemes = new Vector<>();
            asked.schemes()
                    .forEach(s -> schemes.add(SignatureScheme.getSignatureAndHashAlgorithm(s)));
            Vector<X500Name> names = Pki.names(asked.authorities());
            return tls13
                    ? new CertificateRequest(
                            TlsUtils.EMPTY_BYTES, schemes, null, names.isEmpty() ? null : names)
                    : new CertificateRequest(asked.types(), schemes, names);
        }

        @Override
        public void notifyClientCertificate(Certificate shown) throws IOException {
            if (!shown.isEmpty()) {
                certificate = BcClient.platform(shown.getCertificateAt(0).getEncoded());
            }
        }
    }
}
