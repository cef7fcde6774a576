package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Bouncy Castle's server, with its output and its keys led through the seam. */
final class ServerProtocol extends TlsServerProtocol implements SplitProtocol {
    private final ServerPeer peer;
    private final Seam seam;

    ServerProtocol(ServerPeer peer, Seam seam) {
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
        accept(peer);
    }

    @Override
    protected void writeRecord(short type, byte[] bytes, int offset, int length)
            throws IOException {
        super.writeRecord(type, bytes, offset, length);
        seam.collect(this);
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
    public void sendKeyUpdate(boolean requestPeer) throws IOException {
        send13KeyUpdate(requestPeer);
    }

    @Override
    public void sendCloseNotify() throws IOException {
        raiseAlertWarning(AlertDescription.close_notify, "our direction is closed");
    }

    @Override
    public void refuse(short alert, String message) throws IOException {
        TlsFatalAlert cause = new TlsFatalAlert(alert, message);
        handleException(alert, message, cause);
        throw cause;
    }

    @Override
    public void abandon() throws IOException {
        if (!isClosed()) {
            handleFailure();
        }
    }
}
