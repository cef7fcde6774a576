package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Set;

/** Bouncy Castle's server, with its output, its input and its keys led through the seam. */
final class ServerProtocol extends TlsServerProtocol implements ProtocolControl {
    private final ServerPeer peer;
    private final TlsProtocolHooks seam;
    private final ClientHelloCheck check;
    private boolean renegotiationBegun;

    ServerProtocol(ServerPeer peer, TlsProtocolHooks seam, HandshakeConfig config) {
        this.peer = peer;
        this.seam = seam;
        this.check = new ClientHelloCheck(config);
    }

    /** The secrets of the connection; null before the handshake is complete. */
    @Nullable SecurityParameters secrets() {
        TlsContext context = getContext();
        return context == null ? null : context.getSecurityParametersConnection();
    }

    @Override
    public void begin() throws IOException {
        accept(peer);
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
            case HandshakeType.client_hello -> check.check(body);
            case HandshakeType.certificate ->
                    // Our CertificateRequest asks for no answers.
                    ServerMessageCheck.certificate(body, Set.of());
            case HandshakeType.client_key_exchange ->
                    KeyShares.checkForm(peer.agreedGroup(), body.opaque8());
            case HandshakeType.certificate_verify ->
                    SignatureCheck.certificateVerify(body, isTls13(), peer.clientChain());
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
            case HandshakeType.client_hello ->
                    connection_state == CS_START
                            || connection_state == CS_SERVER_HELLO_RETRY_REQUEST
                            || connection_state == CS_END && !isTls13();
            case HandshakeType.certificate -> isTls13() && connection_state == CS_SERVER_FINISHED;
            case HandshakeType.client_key_exchange ->
                    !isTls13()
                            && connection_state >= CS_SERVER_HELLO_DONE
                            && connection_state < CS_CLIENT_KEY_EXCHANGE;
            case HandshakeType.certificate_verify ->
                    connection_state
                            == (isTls13() ? CS_CLIENT_CERTIFICATE : CS_CLIENT_KEY_EXCHANGE);
            default -> false;
        };
    }

    @Override
    public void beginRenegotiation() throws IOException {
        sendHelloRequestMessage();
    }

    /**
     * Bouncy Castle looks up its security parameters before it begins a renegotiation, and would go
     * on with the old ones: begun here first, the lookup finds the new.
     */
    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message)
            throws IOException {
        if (type == HandshakeType.client_hello && seam.isComplete() && isTls12()) {
            if (connection_state != CS_END) {
                throw new TlsFatalAlert(
                        AlertDescription.unexpected_message,
                        "the client sent a second ClientHello in one renegotiation");
            }
            if (!handleRenegotiation()) {
                check.answered(false);
                return;
            }
            renegotiationBegun = true;
            check.checkRenegotiation(secrets());
        }
        super.handleHandshakeMessage(type, message);
        if (type == HandshakeType.client_hello) {
            check.answered(connection_state == CS_SERVER_HELLO_RETRY_REQUEST);
        }
    }

    @Override
    protected ServerHello generateServerHello(ClientHello hello, HandshakeMessageInput message)
            throws IOException {
        peer.noteKeyShares(hello.getExtensions());
        return super.generateServerHello(hello, message);
    }

    private boolean isTls12() {
        return getContext().getServerVersion().equals(ProtocolVersion.TLSv12);
    }

    @Override
    protected ServerHello generate13ServerHello(
            ClientHello hello, HandshakeMessageInput message, boolean afterRetry)
            throws IOException {
        boolean earlyData = TlsExtensionsUtils.hasEarlyDataIndication(hello.getExtensions());
        EarlyData expected = seam.expectEarlyData();
        expected.hello(earlyData, afterRetry);
        ServerHello answer = super.generate13ServerHello(hello, message, afterRetry);
        if (answer.isHelloRetryRequest()) {
            expected.awaitSecondHello();
        }
        return answer;
    }

    @Override
    protected boolean handleRenegotiation() throws IOException {
        if (renegotiationBegun) {
            renegotiationBegun = false;
            return true;
        }
        seam.noteRenegotiation();
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
