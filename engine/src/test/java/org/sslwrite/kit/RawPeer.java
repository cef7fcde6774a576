package org.sslwrite.kit;

import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
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
import java.util.Hashtable;
import java.util.Map;
import java.util.Queue;
import java.util.Vector;
import java.util.function.Consumer;

/**
 * Bouncy Castle's stock TLS as a peer that can seal any record, also such as no honest peer sends.
 */
public final class RawPeer {
    private final TlsProtocol protocol;
    private final Sender sender;
    private final Bio bio;
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();

    /** What the protocol lets nobody but itself do. */
    private interface Sender {
        void send(short type, byte[] content) throws IOException;

        void keyUpdate() throws IOException;
    }

    /** What a server asks for with a HelloRetryRequest. */
    public enum Retry {
        /** Another group, if it must, with a cookie. */
        OTHER_GROUP,
        /** The same ClientHello, with a cookie. */
        COOKIE,
        /** The same ClientHello. */
        NOTHING
    }

    /** What this peer does otherwise than others, in its handshake. */
    public static final class Habits {
        private Pki identity = Pki.EC;
        private Retry retry = Retry.OTHER_GROUP;
        private int fragment = Integer.MAX_VALUE;
        private Consumer<ClientHelloEdit> hello = _ -> {};
        private Consumer<Map<Integer, byte[]>> serverHello = _ -> {};
        private Consumer<Map<Integer, byte[]>> serverExtensions = _ -> {};

        /** A server shows this certificate, for an EC key. */
        public Habits identity(Pki own) {
            identity = own;
            return this;
        }

        /** Handshake messages come in records with so much content. */
        public Habits fragment(int bytes) {
            fragment = bytes;
            return this;
        }

        /** A client changes every ClientHello before it sends it. */
        public Habits hello(Consumer<ClientHelloEdit> change) {
            hello = change;
            return this;
        }

        /** A server changes the extensions of its ServerHello before it sends it. */
        public Habits serverHello(Consumer<Map<Integer, byte[]>> change) {
            serverHello = change;
            return this;
        }

        /** A server of TLS 1.3 changes its EncryptedExtensions, one of TLS 1.2 its ServerHello. */
        public Habits serverExtensions(Consumer<Map<Integer, byte[]>> change) {
            serverExtensions = change;
            return this;
        }

        /**
         * A server of TLS 1.3 asks for another ClientHello that differs by a cookie alone; one that
         * does not even want that changes nothing by it.
         */
        public Habits retryFor(Retry wanted) {
            retry = wanted;
            return this;
        }

        private interface Writing {
            void write(int offset, int length) throws IOException;
        }

        private void write(short type, int offset, int length, Writing writing) throws IOException {
            int step = type == ContentType.handshake ? fragment : Integer.MAX_VALUE;
            int done = 0;
            do {
                int n = Math.min(step, length - done);
                writing.write(offset + done, n);
                done += n;
            } while (done < length);
        }
    }

    private RawPeer(TlsProtocol protocol, Sender sender, Bio bio) {
        this.protocol = protocol;
        this.sender = sender;
        this.bio = bio;
    }

    /** The other side of a scene. */
    public static RawPeer of(Scene scene, Bio bio) {
        return of(scene, bio, new Habits());
    }

    /** The other side of a scene, with habits of its own. */
    public static RawPeer of(Scene scene, Bio bio, Habits habits) {
        try {
            if (scene.role() == Scene.Role.CLIENT) {
                Server protocol = new Server(habits);
                RawPeer peer = new RawPeer(protocol, protocol, bio);
                protocol.accept(new ServerSide(scene, habits));
                return peer;
            }
            Client protocol = new Client(habits);
            RawPeer peer = new RawPeer(protocol, protocol, bio);
            protocol.connect(new ClientSide(scene));
            return peer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Server extends TlsServerProtocol implements Sender {
        private final Habits habits;

        Server(Habits habits) {
            this.habits = habits;
        }

        @Override
        public void send(short type, byte[] content) throws IOException {
            super.writeRecord(type, content, 0, content.length);
        }

        @Override
        public void keyUpdate() throws IOException {
            send13KeyUpdate(false);
        }

        @Override
        protected void writeRecord(short type, byte[] bytes, int offset, int length)
                throws IOException {
            habits.write(
                    type, offset, length, (from, n) -> super.writeRecord(type, bytes, from, n));
        }

        @Override
        @SuppressWarnings("unchecked")
        protected ServerHello generate13ServerHello(
                ClientHello hello, HandshakeMessageInput message, boolean afterRetry)
                throws IOException {
            if (habits.retry != Retry.OTHER_GROUP && !afterRetry) {
                // It does not look at the key shares, and so finds none.
                hello.getExtensions().put(TlsExtensionsUtils.EXT_key_share, new byte[2]);
            }
            return super.generate13ServerHello(hello, message, afterRetry);
        }

        @Override
        protected ServerHello generate13HelloRetryRequest(ClientHello hello) throws IOException {
            ServerHello request = super.generate13HelloRetryRequest(hello);
            if (habits.retry != Retry.OTHER_GROUP) {
                request.getExtensions().remove(TlsExtensionsUtils.EXT_key_share);
            }
            if (habits.retry == Retry.NOTHING) {
                request.getExtensions().remove(TlsExtensionsUtils.EXT_cookie);
            }
            return request;
        }

        @Override
        @SuppressWarnings("unchecked")
        protected void sendServerHelloMessage(ServerHello hello) throws IOException {
            if (hello.getExtensions() != null) {
                habits.serverHello.accept(hello.getExtensions());
            }
            super.sendServerHelloMessage(hello);
        }
    }

    private static final class Client extends TlsClientProtocol implements Sender {
        private final Habits habits;

        Client(Habits habits) {
            this.habits = habits;
        }

        @Override
        public void send(short type, byte[] content) throws IOException {
            super.writeRecord(type, content, 0, content.length);
        }

        @Override
        public void keyUpdate() throws IOException {
            send13KeyUpdate(false);
        }

        @Override
        protected void writeRecord(short type, byte[] bytes, int offset, int length)
                throws IOException {
            habits.write(
                    type, offset, length, (from, n) -> super.writeRecord(type, bytes, from, n));
        }

        @Override
        protected void sendClientHelloMessage() throws IOException {
            ClientHelloEdit edit = new ClientHelloEdit(clientHello);
            habits.hello.accept(edit);
            clientHello = edit.edited();
            super.sendClientHelloMessage();
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

    /** Changes its keys, and says so. */
    public void keyUpdate() {
        try {
            sender.keyUpdate();
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

    private static final class ServerSide extends DefaultTlsServer {
        private final Scene scene;
        private final Habits habits;

        ServerSide(Scene scene, Habits habits) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.scene = scene;
            this.habits = habits;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Hashtable<Integer, byte[]> getServerExtensions() throws IOException {
            Hashtable<Integer, byte[]> extensions =
                    TlsExtensionsUtils.ensureExtensionsInitialised(super.getServerExtensions());
            habits.serverExtensions.accept(extensions);
            return extensions;
        }

        @Override
        public void notifySecureRenegotiation(boolean secure) {
            // It takes anyone.
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
                TlsCertificate leaf =
                        crypto.createCertificate(habits.identity.certificate().getEncoded());
                Certificate chain =
                        scene.isTls13()
                                ? new Certificate(
                                        TlsUtils.EMPTY_BYTES,
                                        new CertificateEntry[] {new CertificateEntry(leaf, null)})
                                : new Certificate(new TlsCertificate[] {leaf});
                AsymmetricKeyParameter key =
                        PrivateKeyFactory.createKey(habits.identity.key().getEncoded());
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

    private static final class ClientSide extends DefaultTlsClient {
        private final Scene scene;

        ClientSide(Scene scene) {
            super(new BcTlsCrypto(new SecureRandom()));
            this.scene = scene;
        }

        @Override
        public void notifySecureRenegotiation(boolean secure) {
            // It takes anyone.
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
