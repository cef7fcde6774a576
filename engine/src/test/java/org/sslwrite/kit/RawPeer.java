package org.sslwrite.kit;

import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Vector;

/**
 * Bouncy Castle's stock TLS as a peer that can seal any record, also such as no honest peer sends.
 */
public final class RawPeer {
    private final TlsProtocol protocol;
    private final Sender sender;
    private final Bio bio;
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();

    /** Seals a record under the keys of the connection. */
    interface Sender {
        void send(short type, byte[] content) throws IOException;
    }

    RawPeer(TlsProtocol protocol, Sender sender, Bio bio) {
        this.protocol = protocol;
        this.sender = sender;
        this.bio = bio;
    }

    /** The other side of a scene. */
    public static RawPeer of(Scene scene, Bio bio) {
        try {
            if (scene.role() == Scene.Role.CLIENT) {
                Server protocol = new Server();
                RawPeer peer = new RawPeer(protocol, protocol::send, bio);
                protocol.accept(new ServerSide(scene));
                return peer;
            }
            Client protocol = new Client();
            RawPeer peer = new RawPeer(protocol, protocol::send, bio);
            protocol.connect(new ClientSide(scene));
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Server extends TlsServerProtocol {
        void send(short type, byte[] content) throws IOException {
            writeRecord(type, content, 0, content.length);
        }
    }

    private static final class Client extends TlsClientProtocol {
        void send(short type, byte[] content) throws IOException {
            writeRecord(type, content, 0, content.length);
        }
    }

    /** Reads what is there, answers, and sends what waits. */
    public void turn() {
        try {
            ByteBuffer in = ByteBuffer.allocate(20_000);
            while (!protocol.isClosed() && bio.read(in.clear()) > 0) {
                protocol.offerInput(in.array(), 0, in.position());
            }
            flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flush() throws IOException {
        byte[] out = new byte[protocol.getAvailableOutputBytes()];
        if (out.length > 0) {
            protocol.readOutput(out, 0, out.length);
            unsent.add(ByteBuffer.wrap(out));
        }
        while (!unsent.isEmpty()) {
            if (bio.write(unsent.element()) <= 0) {
                return;
            }
            if (!unsent.element().hasRemaining()) {
                unsent.remove();
            }
        }
    }

    /** Whether the handshake is complete. */
    public boolean isReady() {
        return protocol.isConnected();
    }

    /** Application data that has come. */
    public byte[] received() {
        byte[] all = new byte[protocol.getAvailableInputBytes()];
        protocol.readInput(all, 0, all.length);
        return all;
    }

    /** Seals and sends one record. */
    public void send(int type, byte... content) {
        try {
            sender.send((short) type, content);
            flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProtocolVersion[] versions(Scene scene) {
        return new ProtocolVersion[] {
            scene.isTls13() ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12
        };
    }

    static class ServerSide extends DefaultTlsServer {
        private final Scene scene;

        ServerSide(Scene scene) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.scene = scene;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return versions(scene);
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {scene.suite().code()};
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            try {
                BcTlsCrypto crypto = (BcTlsCrypto) getCrypto();
                TlsCertificate leaf = crypto.createCertificate(Pki.EC.certificate().getEncoded());
                Certificate chain =
                        scene.isTls13()
                                ? new Certificate(
                                        TlsUtils.EMPTY_BYTES,
                                        new CertificateEntry[] {new CertificateEntry(leaf, null)})
                                : new Certificate(new TlsCertificate[] {leaf});
                AsymmetricKeyParameter key = PrivateKeyFactory.createKey(Pki.EC.key().getEncoded());
                SignatureAndHashAlgorithm algorithm =
                        SignatureScheme.getSignatureAndHashAlgorithm(
                                SignatureScheme.ecdsa_secp256r1_sha256);
                return new BcDefaultTlsCredentialedSigner(
                        new TlsCryptoParameters(context), crypto, key, chain, algorithm);
            } catch (CertificateEncodingException e) {
                throw new IOException(e);
            }
        }
    }

    static class ClientSide extends DefaultTlsClient {
        private final Scene scene;

        ClientSide(Scene scene) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.scene = scene;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return versions(scene);
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {scene.suite().code()};
        }

        @Override
        protected Vector<ServerName> getSNIServerNames() {
            Vector<ServerName> names = new Vector<>();
            names.add(
                    new ServerName(
                            NameType.host_name, Pki.HOST.getBytes(StandardCharsets.US_ASCII)));
            return names;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // It trusts anyone.
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }
}
