package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.KeyUpdateRequest;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.record.WriteEpoch;

import java.io.ByteArrayInputStream;
import java.io.IOException;

/** What both roles' protocols do at the seam between Bouncy Castle and the record writer. */
final class TlsProtocolHooks {
    private static final int ALERT_LENGTH = 2;

    private final HandshakeConfig config;
    private final RecordWriter writer;
    private final SealingCrypto crypto;
    private final DecryptedBuffer inbox = new DecryptedBuffer();
    private final Limits limits;
    private final HandshakeMessages messages;
    private int recordSizeLimit = RecordLayout.MAX_FRAGMENT;
    private boolean complete;
    private boolean closeNotifyReceived;
    private boolean closeNotifyWritten;
    private boolean keyUpdateOwed;
    private boolean keyUpdateAsks;

    TlsProtocolHooks(HandshakeConfig config, RecordWriter writer, SealingCrypto crypto) {
        this.config = config;
        this.writer = writer;
        this.crypto = crypto;
        this.limits =
                new Limits(config.limits().maxHandshakeMessageSize(), writer.account()::bytes);
        this.messages = new HandshakeMessages(config.limits().maxHandshakeMessageSize());
    }

    /** Writes a record of the protocol's, or several where the peer wants them smaller. */
    interface Writing {
        void write(int offset, int length) throws IOException;
    }

    /**
     * Has a record written and moves it behind what waits already: that fixes the order on the
     * wire. Nothing at all follows our close_notify.
     */
    void write(
            TlsProtocol protocol, short type, byte[] bytes, int offset, int length, Writing writing)
            throws IOException {
        if (closeNotifyWritten) {
            return;
        }
        int limit = Math.min(recordSizeLimit, writer.fragmentLimit());
        int done = 0;
        do {
            int n = Math.min(length - done, limit);
            write(writing, offset + done, n);
            if (!collect(protocol) && type == ContentType.alert) {
                writeWithheldAlert(bytes, offset);
            }
            done += n;
        } while (done < length);
    }

    /** What fails here is ours to answer for, whatever message of the peer's began it. */
    private static void write(Writing writing, int offset, int length) throws IOException {
        try {
            writing.write(offset, length);
        } catch (RuntimeException e) {
            throw PeerFault.ours("a record could not be written", e);
        }
    }

    /** Returns whether the protocol has written anything. */
    private boolean collect(TlsProtocol protocol) {
        int n = protocol.getAvailableOutputBytes();
        if (n > 0) {
            protocol.readOutput(writer.claimControl(n), n);
            writer.commitControl(n);
        }
        return n > 0;
    }

    /**
     * Bouncy Castle's server writes nothing at all before it has a ClientHello that it can parse.
     * RFC 8446 section 6.2: "Whenever an implementation encounters a fatal error condition, it
     * SHOULD send an appropriate fatal alert".
     */
    private void writeWithheldAlert(byte[] alert, int offset) {
        if (alert[offset] == AlertLevel.fatal && crypto.newestEpoch() == null) {
            byte[] record = {
                (byte) ContentType.alert, 3, 3, 0, 2, alert[offset], alert[offset + 1]
            };
            writer.claimControl(record.length).put(record);
            writer.commitControl(record.length);
        }
    }

    /** Refuses a peer that asks for records smaller than ours may have to be. */
    void checkRecordSizeLimit(int bytes) throws Refusal {
        if (bytes < config.limits().minRecordSizeLimit()) {
            throw new Refusal(
                    Kind.RECORD_LIMIT_TOO_SMALL,
                    AlertDescription.handshake_failure,
                    "the peer asks for records of at most "
                            + bytes
                            + " bytes; "
                            + config.limits().minRecordSizeLimit()
                            + " is the least that is accepted");
        }
    }

    /** The peer's limit for the content of a record, from RFC 8449. */
    void limitRecords(int contentBytes) {
        recordSizeLimit = Math.min(contentBytes, RecordLayout.MAX_FRAGMENT);
    }

    /** Takes the content of one record, as Bouncy Castle does. */
    interface Reading {
        void read(byte[] bytes, int offset, int length) throws IOException;
    }

    /**
     * Takes the content of a record that is not application data. Handshake messages are handed on
     * whole, one by one.
     */
    void read(
            ProtocolControl protocol,
            short type,
            byte[] bytes,
            int offset,
            int length,
            Reading reading)
            throws IOException {
        if (type == ContentType.handshake) {
            limits.handshakeBytes(length);
            messages.add(
                    bytes,
                    offset,
                    length,
                    (messageType, message, from, n, rest) -> {
                        limits.handshakeMessage();
                        protocol.check(messageType, message, from, n);
                        handOn(reading, messageType, message, from, n);
                        if (rest && protocol.isTls13() && endsRecord(messageType)) {
                            throw new Refusal(
                                    Kind.NOT_ON_RECORD_BOUNDARY,
                                    AlertDescription.unexpected_message,
                                    "the peer sent handshake bytes behind a change of keys in one"
                                            + " record");
                        }
                    });
        } else {
            limits.otherRecord();
            refuseBetweenFragments(type);
            if (type == ContentType.alert && protocol.isTls13()) {
                checkAlert(length);
            }
            try {
                reading.read(bytes, offset, length);
            } catch (IOException | RuntimeException e) {
                throw PeerFault.inRecord(type, e);
            }
        }
    }

    private static void handOn(
            Reading reading, int messageType, byte[] message, int offset, int length)
            throws IOException {
        try {
            reading.read(message, offset, length);
        } catch (IOException | RuntimeException e) {
            throw PeerFault.inMessage(messageType, e);
        }
    }

    /**
     * RFC 8446 section 5.1: "Alert messages MUST NOT be fragmented across records, and multiple
     * alert messages MUST NOT be coalesced into a single TLSPlaintext record."
     */
    private static void checkAlert(int length) throws Refusal {
        if (length != ALERT_LENGTH) {
            throw new Refusal(
                    Kind.INVALID_ALERT,
                    AlertDescription.unexpected_message,
                    "the peer sent a record of " + length + " bytes as an alert");
        }
    }

    /**
     * RFC 8446 section 5.1: "Handshake messages MUST NOT span key changes. Implementations MUST
     * verify that all messages immediately preceding a key change align with a record boundary".
     */
    private static boolean endsRecord(int messageType) {
        return switch (messageType) {
            case HandshakeType.client_hello,
                    HandshakeType.server_hello,
                    HandshakeType.end_of_early_data,
                    HandshakeType.finished,
                    HandshakeType.key_update ->
                    true;
            default -> false;
        };
    }

    /**
     * RFC 8446 section 5.1: "if a handshake message is split over two or more records, there MUST
     * NOT be any other records between them". An alert is heard all the same.
     */
    private void refuseBetweenFragments(short type) throws Refusal {
        if (type != ContentType.alert && messages.isPartial()) {
            throw new Refusal(
                    Kind.MIXED_WITH_HANDSHAKE,
                    AlertDescription.unexpected_message,
                    "the peer sent another record between the parts of a handshake message");
        }
    }

    /** Hands the keys made last to the record writer. */
    private void activateNewestEpoch() {
        WriteEpoch newest = crypto.newestEpoch();
        if (newest != null) {
            writer.activate(newest);
        }
    }

    /**
     * To be called just before a handshake counts as complete: no control record announces the keys
     * of TLS 1.3.
     */
    void completing(TlsProtocol protocol) {
        activateNewestEpoch();
        writer.limitFragment(Math.min(protocol.getApplicationDataLimit(), recordSizeLimit));
    }

    void completed() {
        crypto.retireOlderEpochs();
        if (!complete) {
            limits.forgetHandshake();
            complete = true;
        }
    }

    /** Whether the first handshake is complete. */
    boolean isComplete() {
        return complete;
    }

    /**
     * Takes decrypted application data.
     *
     * @param mayComeNow whether the state of the handshake allows for any
     */
    void receive(byte[] bytes, int offset, int length, boolean mayComeNow) throws IOException {
        EarlyData early = crypto.earlyData();
        if (early != null && early.wasSkipped()) {
            return;
        }
        refuseBetweenFragments(ContentType.application_data);
        if (!complete || !mayComeNow) {
            throw new TlsFatalAlert(
                    AlertDescription.unexpected_message,
                    "the peer sent application data in the middle of the handshake");
        }
        if (closeNotifyReceived) {
            // RFC 8446 section 6.1: "Any data received after a closure alert has been received
            // MUST be ignored."
            return;
        }
        limits.applicationData(length, inbox.available());
        inbox.add(bytes, offset, length);
    }

    DecryptedBuffer inbox() {
        return inbox;
    }

    /** Drops what has come and was not read, and the part of a message. */
    void forgetInput() {
        inbox.clear();
        messages.clear();
    }

    /**
     * Takes a warning alert if it is ours to handle.
     *
     * @return whether Bouncy Castle must not see it: it would answer close_notify with its own at
     *     once and close, where {@code SSL_write} may go on
     */
    boolean takeWarning(ProtocolControl protocol, short alert) throws IOException {
        if (protocol.isTls13()
                && alert != AlertDescription.close_notify
                && alert != AlertDescription.user_canceled) {
            // RFC 8446 section 6: "All the alerts listed in Section 6.2 MUST be sent with
            // AlertLevel=fatal and MUST be treated as error alerts when received regardless of the
            // AlertLevel in the message. Unknown Alert types MUST be treated as error alerts."
            protocol.abandon();
            throw new TlsFatalAlertReceived(alert);
        }
        if (!complete) {
            if (alert == AlertDescription.close_notify) {
                throw new Refusal(
                        Kind.CLOSED_IN_HANDSHAKE,
                        AlertDescription.handshake_failure,
                        "the peer closed the connection in the middle of the handshake");
            }
            return false;
        }
        if (alert == AlertDescription.close_notify) {
            closeNotifyReceived = true;
            return true;
        }
        limits.warning();
        if (alert == AlertDescription.no_renegotiation) {
            throw new Refusal(
                    Kind.NO_RENEGOTIATION,
                    AlertDescription.handshake_failure,
                    "the peer does not want to renegotiate");
        }
        return false;
    }

    void sendCloseNotify(ProtocolControl protocol) throws IOException {
        protocol.sendCloseNotify();
        closeNotifyWritten = true;
    }

    /**
     * Looks at a record before Bouncy Castle does, which ignores some without a word and refuses
     * others that are to be skipped.
     *
     * @param length its length without the header
     * @return whether it is to be passed on
     */
    boolean passes(int type, int length) throws Refusal {
        if (type == ContentType.change_cipher_spec) {
            // In TLS 1.3 Bouncy Castle drops it without a word.
            refuseBetweenFragments(ContentType.change_cipher_spec);
            limits.otherRecord();
        } else if (type == ContentType.application_data) {
            EarlyData early = crypto.earlyData();
            if (early != null && early.comesUnreadable()) {
                early.skipUnreadable(length);
                return false;
            }
        }
        return true;
    }

    EarlyData expectEarlyData() {
        return crypto.expectEarlyData();
    }

    boolean isCloseNotifyReceived() {
        return closeNotifyReceived;
    }

    int renegotiationPolicy() {
        return config.renegotiation().allowed()
                ? RenegotiationPolicy.ACCEPT
                : RenegotiationPolicy.DENY;
    }

    /** The peer asks for a renegotiation, or begins one. */
    void noteRenegotiation() throws IOException {
        limits.renegotiation();
    }

    /**
     * Reads a KeyUpdate's body to learn whether it wants an answer, and gives it back to be read
     * again.
     */
    ByteArrayInputStream noteKeyUpdate(ByteArrayInputStream body) throws IOException {
        limits.keyUpdate();
        byte[] bytes = body.readAllBytes();
        if (bytes.length == 1 && bytes[0] == KeyUpdateRequest.update_requested) {
            keyUpdateOwed = true;
        }
        return new ByteArrayInputStream(bytes);
    }

    /**
     * Remembers that a KeyUpdate is to go out before the next record of application data.
     *
     * @param askPeer whether it asks the peer to change its keys too
     */
    void oweKeyUpdate(boolean askPeer) {
        keyUpdateOwed = true;
        keyUpdateAsks |= askPeer;
    }

    /** Whether a KeyUpdate must go out before the next record of application data. */
    boolean owesKeyUpdate() {
        WriteEpoch epoch = writer.epoch();
        return keyUpdateOwed || (epoch != null && epoch.isTls13() && epoch.isExhausted());
    }

    void sendKeyUpdate(ProtocolControl protocol) throws IOException {
        protocol.sendKeyUpdate(keyUpdateAsks);
        if (keyUpdateAsks) {
            limits.expectKeyUpdate();
        }
        keyUpdateOwed = false;
        keyUpdateAsks = false;
        activateNewestEpoch();
    }
}
