package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.Set;

/** Bouncy Castle's client, with its output, its input and its keys led through the seam. */
final class ClientProtocol extends TlsClientProtocol implements ProtocolControl {
    private final ClientPeer peer;
    private final TlsProtocolHooks seam;
    private final ServerMessageCheck check;
    private byte @Nullable [] keptShare;
    private @Nullable Hashtable<?, ?> keptAgreements;

    ClientProtocol(ClientPeer peer, TlsProtocolHooks seam, HandshakeConfig config) {
        this.peer = peer;
        this.seam = seam;
        this.check = new ServerMessageCheck(config);
    }

    /** The secrets of the connection; null before the handshake is complete. */
    @Nullable SecurityParameters secrets() {
        TlsContext context = getContext();
        return context == null ? null : context.getSecurityParametersConnection();
    }

    @Override
    public void begin() throws IOException {
        connect(peer);
    }

    @Override
    public boolean isTls13() {
        return ProtocolVersion.TLSv13.equals(getContext().getServerVersion());
    }

    @Override
    public void check(int type, byte[] bytes, int offset, int length) throws IOException {
        if (!isInPlace(type)) {
            // Bouncy Castle refuses it.
            return;
        }
        MessageBytes body = MessageBytes.body(bytes, offset, length);
        switch (type) {
            case HandshakeType.server_hello -> checkServerHello(body);
            case HandshakeType.encrypted_extensions -> check.encryptedExtensions(body, offered());
            case HandshakeType.server_key_exchange -> check.serverKeyExchange(body);
            case HandshakeType.certificate -> ServerMessageCheck.certificate(body, offered());
            case HandshakeType.certificate_request -> ServerMessageCheck.certificateRequest(body);
            case HandshakeType.certificate_verify ->
                    SignatureCheck.certificateVerify(body, isTls13(), peer.serverChain());
            case HandshakeType.new_session_ticket -> ServerMessageCheck.newSessionTicket(body);
            default -> {
                // Bouncy Castle judges it.
            }
        }
    }

    /**
     * Whether a message that is checked may come now. RFC 8446 section 4: "A peer which receives a
     * handshake message in an unexpected order MUST abort the handshake with an
     * "unexpected_message" alert", whatever stands in it.
     */
    private boolean isInPlace(int type) {
        return switch (type) {
            case HandshakeType.server_hello ->
                    connection_state == CS_CLIENT_HELLO
                            || connection_state == CS_CLIENT_HELLO_RETRY;
            case HandshakeType.encrypted_extensions ->
                    isTls13() && connection_state == CS_SERVER_HELLO;
            case HandshakeType.server_key_exchange ->
                    !isTls13()
                            && connection_state >= CS_SERVER_HELLO
                            && connection_state < CS_SERVER_KEY_EXCHANGE;
            case HandshakeType.certificate ->
                    isTls13()
                            && (connection_state == CS_SERVER_ENCRYPTED_EXTENSIONS
                                    || connection_state == CS_SERVER_CERTIFICATE_REQUEST);
            case HandshakeType.certificate_request ->
                    isTls13() && connection_state == CS_SERVER_ENCRYPTED_EXTENSIONS;
            case HandshakeType.certificate_verify ->
                    isTls13() && connection_state == CS_SERVER_CERTIFICATE;
            case HandshakeType.new_session_ticket -> isTls13() && connection_state == CS_END;
            default -> false;
        };
    }

    private void checkServerHello(MessageBytes body) throws IOException {
        Hello hello = check.serverHello(body, offered());
        SecurityParameters before = secrets();
        if (before != null) {
            ExtendedMasterSecret.check(
                    before.isExtendedMasterSecret(),
                    hello.has(ExtensionType.extended_master_secret));
        }
    }

    /** The types of the extensions in our ClientHello; none once the handshake is complete. */
    private Set<Integer> offered() {
        Set<Integer> types = new HashSet<>();
        if (clientExtensions != null) {
            for (Object type : clientExtensions.keySet()) {
                types.add((Integer) type);
            }
        }
        return types;
    }

    @Override
    public void beginRenegotiation() throws IOException {
        handleRenegotiation();
    }

    /**
     * Bouncy Castle wants a group from every HelloRetryRequest. One that has a cookie alone is
     * given the group of the share that we have sent, and the share stays as it is.
     */
    @Override
    protected void process13HelloRetryRequest(ServerHello request) throws IOException {
        Hashtable<?, ?> extensions = request.getExtensions();
        if (TlsUtils.getExtensionData(extensions, TlsExtensionsUtils.EXT_key_share) != null) {
            super.process13HelloRetryRequest(request);
            return;
        }
        keptAgreements = clientAgreements;
        keptShare = TlsUtils.getExtensionData(clientExtensions, TlsExtensionsUtils.EXT_key_share);
        clientAgreements = new Hashtable<>();
        super.process13HelloRetryRequest(withGroup(request, firstGroup(keptAgreements)));
    }

    private static int firstGroup(Hashtable<?, ?> agreements) {
        return (Integer) agreements.keys().nextElement();
    }

    @SuppressWarnings("unchecked")
    private static ServerHello withGroup(ServerHello request, int group) throws IOException {
        Hashtable<Object, Object> extensions = new Hashtable<>(request.getExtensions());
        TlsExtensionsUtils.addKeyShareHelloRetryRequest(extensions, group);
        return new ServerHello(request.getSessionID(), request.getCipherSuite(), extensions);
    }

    @Override
    @SuppressWarnings("unchecked")
    protected void sendClientHelloMessage() throws IOException {
        if (keptShare != null) {
            clientExtensions.put(TlsExtensionsUtils.EXT_key_share, keptShare);
            clientAgreements = keptAgreements;
            keptShare = null;
            keptAgreements = null;
        }
        super.sendClientHelloMessage();
    }

    @Override
    protected boolean handleRenegotiation() throws IOException {
        seam.noteRenegotiation();
        if (isHandshaking()) {
            // RFC 5246 section 7.4.1.1: a HelloRequest "will be ignored by the client if the
            // client is currently negotiating a session".
            return false;
        }
        return super.handleRenegotiation();
    }

    @Override
    protected int getRenegotiationPolicy() {
        return seam.renegotiationPolicy();
    }

    @Override
    protected void writeRecord(short type, byte[] bytes, int offset, int length)
            throws IOException {
        seam.write(
                this,
                type,
                bytes,
                offset,
                length,
                (from, n) -> super.writeRecord(type, bytes, from, n));
    }

    @Override
    protected void processRecord(short type, byte[] bytes, int offset, int length)
            throws IOException {
        if (type == ContentType.application_data) {
            seam.receive(bytes, offset, length, !receivedChangeCipherSpec);
        } else {
            seam.read(
                    this,
                    type,
                    bytes,
                    offset,
                    length,
                    (from, at, n) -> super.processRecord(type, from, at, n));
        }
    }

    @Override
    protected void receive13EncryptedExtensions(ByteArrayInputStream message) throws IOException {
        super.receive13EncryptedExtensions(RecordSizeLimit.takeOut(message, seam));
    }

    @Override
    protected void completeHandshake() throws IOException {
        seam.completing(this);
        super.completeHandshake();
        seam.completed();
    }

    @Override
    protected void handleAlertWarningMessage(short alert) throws IOException {
        if (!seam.takeWarning(this, alert)) {
            super.handleAlertWarningMessage(alert);
        }
    }

    @Override
    protected void receive13KeyUpdate(ByteArrayInputStream body) throws IOException {
        super.receive13KeyUpdate(seam.noteKeyUpdate(body));
    }

    @Override
    public void sendKeyUpdate(boolean askPeer) throws IOException {
        send13KeyUpdate(askPeer);
    }

    @Override
    public void sendCloseNotify() throws IOException {
        raiseAlertWarning(AlertDescription.close_notify, "our direction is closed");
    }

    @Override
    public void refuse(Refusal refusal) throws IOException {
        handleException(refusal.getAlertDescription(), refusal.getMessage(), refusal);
        throw refusal;
    }

    @Override
    public void abandon() throws IOException {
        if (!isClosed()) {
            handleFailure();
        }
    }
}
