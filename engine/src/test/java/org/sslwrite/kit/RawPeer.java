package org.sslwrite.kit;

import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsCredentialedSigner;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateEncodingException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Vector;

/**
 * Bouncy Castle's stock TLS as a peer that can seal any record, also such as no honest peer sends.
 */
public final class RawPeer {
    private final TlsProtocol protocol;
    private final Script.Sender sender;
    private final Renegotiation renegotiation;
    private final Bio bio;
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();

    private interface Renegotiation {
        void begin() throws IOException;
    }

    private RawPeer(
            TlsProtocol protocol, Script.Sender sender, Renegotiation renegotiation, Bio bio) {
        this.protocol = protocol;
        this.sender = sender;
        this.renegotiation = renegotiation;
        this.bio = bio;
    }

    /** The other side of a scene. */
    public static RawPeer of(Scene scene, Bio bio) {
        return of(scene, bio, new Manner());
    }

    /** The other side of a scene, that behaves in a manner of its own. */
    public static RawPeer of(Scene scene, Bio bio, Manner manner) {
        try {
            if (scene.role() == Scene.Role.CLIENT) {
                ScriptedServerProtocol protocol = new ScriptedServerProtocol(manner.script);
                RawPeer peer = new RawPeer(protocol, protocol::send, protocol::renegotiate, bio);
                protocol.accept(new ServerSide(scene, manner));
                return peer;
            }
            ScriptedClientProtocol protocol = new ScriptedClientProtocol(manner.script);
            RawPeer peer = new RawPeer(protocol, protocol::send, protocol::renegotiate, bio);
            protocol.connect(new ClientSide(scene, manner));
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a peer does otherwise than Bouncy Castle's stock one. */
    public static final class Manner {
        private Script script = Script.HONEST;
        private Pki identity;
        private int scheme;
        private int[] groups = {};
        private boolean extendedMasterSecret = true;
        private boolean asksForCertificate;

        /** Alters what it sends. */
        public Manner script(Script value) {
            script = value;
            return this;
        }

        /** Signs with this key, under this signature scheme, fit or not. */
        public Manner identity(Pki value, int signatureScheme) {
            identity = value;
            scheme = signatureScheme;
            return this;
        }

        /** As server, accepts these groups only. */
        public Manner groups(int... values) {
            groups = values;
            return this;
        }

        /** Neither offers nor accepts RFC 7627. */
        public Manner withoutExtendedMasterSecret() {
            extendedMasterSecret = false;
            return this;
        }

        /** As server, asks for a certificate. */
        public Manner askingForCertificate() {
            asksForCertificate = true;
            return this;
        }

        private TlsCredentials credentials(Scene scene, TlsContext context, byte[] requestContext)
                throws IOException {
            Pki own = identity == null ? Pki.EC : identity;
            int wanted = identity == null ? SignatureScheme.ecdsa_secp256r1_sha256 : scheme;
            BcTlsCrypto crypto = new BcTlsCrypto(new SecureRandom());
            try {
                TlsCertificate leaf = crypto.createCertificate(own.certificate().getEncoded());
                Certificate chain =
                        scene.isTls13()
                                ? new Certificate(
                                        requestContext,
                                        new CertificateEntry[] {new CertificateEntry(leaf, null)})
                                : new Certificate(new TlsCertificate[] {leaf});
                return new DefaultTlsCredentialedSigner(
                        new TlsCryptoParameters(context),
                        new AnyScheme(own.key(), wanted),
                        chain,
                        SignatureScheme.getSignatureAndHashAlgorithm(wanted));
            } catch (CertificateEncodingException e) {
                throw new IOException(e);
            }
        }
    }

    /** Signs under any scheme, with the JDK's algorithm for it. */
    private record AnyScheme(PrivateKey key, int scheme) implements TlsSigner {
        @Override
        public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm)
                throws IOException {
            try {
                Signature signature = signature();
                return new TlsStreamSigner() {
                    @Override
                    public OutputStream getOutputStream() {
                        return new OutputStream() {
                            @Override
                            public void write(int b) throws IOException {
                                write(new byte[] {(byte) b}, 0, 1);
                            }

                            @Override
                            public void write(byte[] b, int off, int len) throws IOException {
                                try {
                                    signature.update(b, off, len);
                                } catch (SignatureException e) {
                                    throw new IOException(e);
                                }
                            }
                        };
                    }

                    @Override
                    public byte[] getSignature() throws IOException {
                        try {
                            return signature.sign();
                        } catch (SignatureException e) {
                            throw new IOException(e);
                        }
                    }
                };
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }

        private Signature signature() throws GeneralSecurityException {
            int bits =
                    switch (scheme & 0xff00) {
                        case 0x0200 -> 1;
                        case 0x0500 -> 384;
                        case 0x0600 -> 512;
                        case 0x0800 -> 256 + 128 * ((scheme - 0x0804) % 5);
                        default -> 256;
                    };
            String hash = "SHA" + bits;
            Signature signature;
            if (key.getAlgorithm().equals("EC")) {
                signature = Signature.getInstance(hash + "withECDSA");
                signature.initSign(key);
            } else if (scheme >> 8 == 0x08) {
                signature = Signature.getInstance("RSASSA-PSS");
                signature.initSign(key);
                String name = "SHA-" + bits;
                signature.setParameter(
                        new PSSParameterSpec(
                                name, "MGF1", new MGF1ParameterSpec(name), bits / 8, 1));
            } else {
                signature = Signature.getInstance(hash + "withRSA");
                signature.initSign(key);
            }
            return signature;
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
            sender.send(type, content);
            flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends bytes that are not sealed, header and all. */
    public void sendPlain(byte... record) {
        try {
            unsent.add(ByteBuffer.wrap(record));
            flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins a renegotiation, or asks for one. */
    public void renegotiate() {
        try {
            renegotiation.begin();
            flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Takes its turn as {@link #turn} does. Returns the fatal alert that has come, or -1; it is an
     * error if the connection has ended for another reason.
     */
    public int turnUntilAlert() {
        try {
            turn();
            return -1;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof TlsFatalAlertReceived alert) {
                return alert.getAlertDescription();
            }
            throw e;
        }
    }

    private static ProtocolVersion[] versions(Scene scene) {
        return new ProtocolVersion[] {
            scene.isTls13() ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12
        };
    }

    private static final class ServerSide extends DefaultTlsServer {
        private final Scene scene;
        private final Manner manner;

        ServerSide(Scene scene, Manner manner) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.scene = scene;
            this.manner = manner;
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
        public int[] getSupportedGroups() throws IOException {
            return manner.groups.length == 0 ? super.getSupportedGroups() : manner.groups;
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return manner.extendedMasterSecret;
        }

        @Override
        public CertificateRequest getCertificateRequest() throws IOException {
            if (!manner.asksForCertificate) {
                return null;
            }
            Vector<SignatureAndHashAlgorithm> algorithms = new Vector<>();
            for (int scheme : new int[] {0x0403, 0x0804, 0x0401}) {
                algorithms.add(SignatureScheme.getSignatureAndHashAlgorithm(scheme));
            }
            return scene.isTls13()
                    ? new CertificateRequest(TlsUtils.EMPTY_BYTES, algorithms, null, null)
                    : new CertificateRequest(new short[] {64, 1}, algorithms, null);
        }

        @Override
        public void notifyClientCertificate(Certificate certificate) {
            // It trusts anyone.
        }

        @Override
        public TlsCredentials getCredentials() throws IOException {
            return manner.credentials(scene, context, TlsUtils.EMPTY_BYTES);
        }
    }

    private static final class ClientSide extends DefaultTlsClient {
        private final Scene scene;
        private final Manner manner;

        ClientSide(Scene scene, Manner manner) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.scene = scene;
            this.manner = manner;
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
        public boolean shouldUseExtendedMasterSecret() {
            return manner.extendedMasterSecret;
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
                public TlsCredentials getClientCredentials(CertificateRequest request)
                        throws IOException {
                    return manner.identity == null
                            ? null
                            : manner.credentials(
                                    scene, context, request.getCertificateRequestContext());
                }
            };
        }
    }
}
