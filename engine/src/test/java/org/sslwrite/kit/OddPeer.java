package org.sslwrite.kit;

import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerProtocol;
import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Bouncy Castle's stock TLS as a peer that does what is odd and allowed, which few real ones do.
 */
public final class OddPeer {
    private final RawPeer peer;
    private final KeyUpdate keyUpdate;

    private interface KeyUpdate {
        void send() throws IOException;
    }

    private OddPeer(RawPeer peer, KeyUpdate keyUpdate) {
        this.peer = peer;
        this.keyUpdate = keyUpdate;
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

    /** The other side of a scene. */
    public static OddPeer of(Scene scene, Bio bio, Habits habits) {
        try {
            if (scene.role() == Scene.Role.CLIENT) {
                Server protocol = new Server(habits);
                RawPeer peer = new RawPeer(protocol, protocol::send, bio);
                protocol.accept(new ServerSide(scene, habits));
                return new OddPeer(peer, protocol::keyUpdate);
            }
            Client protocol = new Client(habits);
            RawPeer peer = new RawPeer(protocol, protocol::send, bio);
            protocol.connect(new ClientSide(scene));
            return new OddPeer(peer, protocol::keyUpdate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Server extends TlsServerProtocol {
        private final Habits habits;

        Server(Habits habits) {
            this.habits = habits;
        }

        void send(int type, byte[] content) throws IOException {
            super.writeRecord((short) type, content, 0, content.length);
        }

        void keyUpdate() throws IOException {
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

    private static final class Client extends TlsClientProtocol {
        private final Habits habits;

        Client(Habits habits) {
            this.habits = habits;
        }

        void send(int type, byte[] content) throws IOException {
            super.writeRecord((short) type, content, 0, content.length);
        }

        void keyUpdate() throws IOException {
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
        peer.turn();
    }

    /** Whether the handshake is complete. */
    public boolean isReady() {
        return peer.isReady();
    }

    /** Application data that has come. */
    public byte[] received() {
        return peer.received();
    }

    /** Seals and sends one record. */
    public void send(int type, byte... content) {
        peer.send(type, content);
    }

    /** Changes its keys, and says so. */
    public void keyUpdate() {
        try {
            keyUpdate.send();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        peer.turn();
    }

    private static final class ServerSide extends RawPeer.ServerSide {
        private final Habits habits;

        ServerSide(Scene scene, Habits habits) {
            super(
                    scene,
                    new RawPeer.Manner()
                            .identity(habits.identity, SignatureScheme.ecdsa_secp256r1_sha256));
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
    }

    private static final class ClientSide extends RawPeer.ClientSide {
        ClientSide(Scene scene) {
            super(scene, new RawPeer.Manner());
        }

        @Override
        public void notifySecureRenegotiation(boolean secure) {
            // It takes anyone.
        }
    }
}
