package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.record.RecordWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.function.Supplier;

/**
 * One connection's handshake, alerts, KeyUpdates and read side. What it writes goes to the {@link
 * RecordWriter}'s output; what it reads is offered record by record. Not safe for use by several
 * threads at once.
 */
public final class Handshake implements AutoCloseable {
    private final TlsProtocol protocol;
    private final SplitProtocol control;
    private final Seam seam;
    private final SealingCrypto crypto;
    private final Supplier<@Nullable SessionFacts> facts;
    private final Supplier<@Nullable SecurityParameters> secrets;

    private <P extends TlsProtocol & SplitProtocol> Handshake(
            P protocol,
            Seam seam,
            SealingCrypto crypto,
            Supplier<@Nullable SessionFacts> facts,
            Supplier<@Nullable SecurityParameters> secrets) {
        this.protocol = protocol;
        this.control = protocol;
        this.seam = seam;
        this.crypto = crypto;
        this.facts = facts;
        this.secrets = secrets;
    }

    /**
     * The client role.
     *
     * @param host the server's name, for SNI and for the check of its certificate; null for neither
     * @param bouncyCastle a provider that need not be registered
     */
    public static Handshake client(
            HandshakeConfig config,
            @Nullable String host,
            RecordWriter writer,
            Provider bouncyCastle) {
        SealingCrypto crypto = new SealingCrypto(config, bouncyCastle);
        Seam seam = new Seam(writer, crypto);
        ClientPeer peer = new ClientPeer(config, crypto, host);
        ClientProtocol protocol = new ClientProtocol(peer, seam);
        return new Handshake(protocol, seam, crypto, peer::facts, protocol::secrets);
    }

    /**
     * The server role.
     *
     * @param bouncyCastle a provider that need not be registered
     */
    public static Handshake server(
            HandshakeConfig config, RecordWriter writer, Provider bouncyCastle) {
        SealingCrypto crypto = new SealingCrypto(config, bouncyCastle);
        Seam seam = new Seam(writer, crypto);
        ServerPeer peer = new ServerPeer(config, crypto);
        ServerProtocol protocol = new ServerProtocol(peer, seam);
        return new Handshake(protocol, seam, crypto, peer::facts, protocol::secrets);
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void guarded(Step step) throws HandshakeException {
        try {
            step.run();
        } catch (TlsFatalAlertReceived e) {
            throw failure(Kind.ALERT_RECEIVED, e.getAlertDescription(), e);
        } catch (CertificateRefused e) {
            throw failure(e.kind(), e.getAlertDescription(), e);
        } catch (TlsFatalAlert e) {
            throw failure(Kind.ALERT_SENT, e.getAlertDescription(), e);
        } catch (IOException | RuntimeException e) {
            throw failure(Kind.ALERT_SENT, AlertDescription.internal_error, e);
        }
    }

    private static HandshakeException failure(Kind kind, short alert, Exception e) {
        return new HandshakeException(kind, alert, detail(alert, e), e);
    }

    /**
     * Bouncy Castle puts the alert's text in front of the message; a person needs what comes after
     * it.
     */
    private static String detail(short alert, Exception e) {
        String message = String.valueOf(e.getMessage());
        String prefix = AlertDescription.getText(alert) + "; ";
        return message.startsWith(prefix)
                ? message.substring(prefix.length())
                : AlertDescription.getName(alert);
    }

    /** Begins: a client writes its first message, a server waits for it. */
    public void begin() throws HandshakeException {
        guarded(control::begin);
    }

    /**
     * Takes one whole record from the peer.
     *
     * @throws HandshakeException for good; if a fatal alert was made it waits in the output
     */
    public void offer(byte[] bytes, int offset, int length) throws HandshakeException {
        guarded(() -> protocol.offerInput(bytes, offset, length));
    }

    /** Ends with a fatal alert because of a record whose content type is none of TLS. */
    public void refuseUnknownType() throws HandshakeException {
        refuse(AlertDescription.unexpected_message, "the peer sent a record of an unknown type");
    }

    /** Ends with a fatal alert because of a record of another version. */
    public void refuseWrongVersion() throws HandshakeException {
        refuse(AlertDescription.protocol_version, "the peer sent a record of another version");
    }

    /** Ends with a fatal alert because of a header that promises more than a record may hold. */
    public void refuseOverlong() throws HandshakeException {
        refuse(AlertDescription.record_overflow, "the peer sent a record that is too long");
    }

    private void refuse(short alert, String message) throws HandshakeException {
        guarded(() -> control.refuse(alert, message));
    }

    /** Whether application data may be written and read. */
    public boolean isComplete() {
        return seam.isComplete();
    }

    /** Whether the peer has said that it will send no more. */
    public boolean isCloseNotifyReceived() {
        return seam.isCloseNotifyReceived();
    }

    /** Bytes of application data that are decrypted and not read yet. */
    public int available() {
        return protocol.getAvailableInputBytes();
    }

    /** Moves decrypted bytes; at most {@link #available} and what fits. */
    public int read(ByteBuffer dst) {
        return protocol.readInput(dst, dst.remaining());
    }

    /** Whether a control record must go out before the next record of application data. */
    public boolean owesControlRecord() {
        return seam.owesKeyUpdate();
    }

    /** Writes the control record that is owed. */
    public void writeOwedControlRecord() throws HandshakeException {
        guarded(() -> seam.sendKeyUpdate(control));
    }

    /** Writes close_notify. */
    public void writeCloseNotify() throws HandshakeException {
        guarded(control::sendCloseNotify);
    }

    /** What was agreed on; null before the handshake is complete. */
    public @Nullable SessionFacts facts() {
        return facts.get();
    }

    /** Ends without a word on the wire, and lets go of every secret. Twice does no harm. */
    @Override
    public void close() {
        SecurityParameters held = secrets.get();
        try {
            control.abandon();
        } catch (IOException e) {
            // It only ever closes queues in memory; whatever it says, the secrets are still to be
            // destroyed.
        } finally {
            crypto.close();
            destroy(held);
        }
    }

    private static void destroy(@Nullable SecurityParameters held) {
        if (held == null) {
            return;
        }
        TlsSecret[] all = {
            held.getMasterSecret(),
            held.getExporterMasterSecret(),
            held.getTrafficSecretClient(),
            held.getTrafficSecretServer()
        };
        for (TlsSecret secret : all) {
            if (secret != null) {
                secret.destroy();
            }
        }
    }
}
