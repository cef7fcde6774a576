package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.KeyUpdateRequest;
import org.bouncycastle.tls.TlsProtocol;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.record.WriteEpoch;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** What both roles' protocols do at the seam between Bouncy Castle and the record writer. */
final class Seam {
    private final RecordWriter writer;
    private final SealingCrypto crypto;
    private boolean complete;
    private boolean closeNotifyReceived;
    private boolean keyUpdateRequested;

    Seam(RecordWriter writer, SealingCrypto crypto) {
        this.writer = writer;
        this.crypto = crypto;
    }

    /**
     * Moves what the protocol has just written behind what waits already: that fixes the order on
     * the wire.
     */
    void collect(TlsProtocol protocol) {
        int n = protocol.getAvailableOutputBytes();
        if (n > 0) {
            protocol.readOutput(writer.claimControl(n), n);
            writer.commitControl(n);
        }
    }

    /** Hands the keys made last to the record writer. */
    void activateNewestEpoch() {
        WriteEpoch newest = crypto.newestEpoch();
        if (newest != null) {
            writer.activate(newest);
        }
    }

    /**
     * To be called just before the handshake counts as complete: no control record announces the
     * keys of TLS 1.3.
     */
    void completing(TlsProtocol protocol) {
        activateNewestEpoch();
        writer.limitFragment(protocol.getApplicationDataLimit());
    }

    void completed() {
        crypto.retireOlderEpochs();
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }

    /**
     * Takes a warning alert if it is ours to handle.
     *
     * @return whether Bouncy Castle must not see it: it would answer close_notify with its own at
     *     once and close, where {@code SSL_write} may go on
     */
    boolean takeWarning(short alert) {
        if (alert == AlertDescription.close_notify && complete) {
            closeNotifyReceived = true;
            return true;
        }
        return false;
    }

    boolean isCloseNotifyReceived() {
        return closeNotifyReceived;
    }

    /**
     * Reads a KeyUpdate's body to learn whether it wants an answer, and gives it back to be read
     * again.
     */
    ByteArrayInputStream noteKeyUpdate(ByteArrayInputStream body) {
        byte[] bytes = body.readAllBytes();
        if (bytes.length == 1 && bytes[0] == KeyUpdateRequest.update_requested) {
            keyUpdateRequested = true;
        }
        return new ByteArrayInputStream(bytes);
    }

    /** Whether a KeyUpdate must go out before the next record of application data. */
    boolean owesKeyUpdate() {
        WriteEpoch epoch = writer.epoch();
        return keyUpdateRequested || (epoch != null && epoch.isTls13() && epoch.isExhausted());
    }

    void sendKeyUpdate(SplitProtocol protocol) throws IOException {
        protocol.sendKeyUpdate(false);
        keyUpdateRequested = false;
        activateNewestEpoch();
    }
}
