package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsContext;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Bouncy Castle's client, with its output, its input and its keys led through the seam. */
final class ClientProtocol extends TlsClientProtocol implements SplitProtocol {
    private final ClientPeer peer;
    private final Seam seam;

    ClientProtocol(ClientPeer peer, Seam seam) {
        this.peer = peer;
        this.seam = seam;
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
    public void beginRenegotiation() throws IOException {
        handleRenegotiation();
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
        if (!seam.takeWarning(alert)) {
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
