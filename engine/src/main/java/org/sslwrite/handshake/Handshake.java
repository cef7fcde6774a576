package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.protocol.RecordLayout;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.seal.SealException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * One connection's handshake, alerts, KeyUpdates and read side. What it writes goes to the {@link
 * RecordWriter}'s output; what it reads is offered record by record. Not safe for use by several
 * threads at once.
 */
public final class Handshake implements AutoCloseable {
    private static final int MAX_MESSAGE = 500;

    private final HandshakeConfig config;
    private final TlsProtocol protocol;
    private final ProtocolControl control;
    private final TlsProtocolHooks seam;
    private final SealingCrypto crypto;
    private final Supplier<@Nullable SessionFacts> facts;
    private final Supplier<@Nullable SecurityParameters> secrets;
    private final IntFunction<String> whenAlerted;

    /** Kept here, as every write asks, and Bouncy Castle takes a lock to say so. */
    private boolean handshaking;

    private <P extends TlsProtocol & ProtocolControl> Handshake(
            HandshakeConfig config,
            P protocol,
            TlsProtocolHooks seam,
            SealingCrypto crypto,
            Supplier<@Nullable SessionFacts> facts,
            Supplier<@Nullable SecurityParameters> secrets,
            IntFunction<String> whenAlerted) {
        this.config = config;
        this.protocol = protocol;
        this.control = protocol;
        this.seam = seam;
        this.crypto = crypto;
        this.facts = facts;
        this.secrets = secrets;
        this.whenAlerted = whenAlerted;
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
        SealingCrypto crypto = new SealingCrypto(config, writer, bouncyCastle);
        TlsProtocolHooks seam = new TlsProtocolHooks(config, writer, crypto);
        ClientPeer peer = new ClientPeer(config, crypto, seam, host);
        ClientProtocol protocol = new ClientProtocol(peer, seam, config);
        return new Handshake(
                config, protocol, seam, crypto, peer::facts, protocol::secrets, peer::whenAlerted);
    }

    /**
     * The server role.
     *
     * @param bouncyCastle a provider that need not be registered
     */
    public static Handshake server(
            HandshakeConfig config, RecordWriter writer, Provider bouncyCastle) {
        SealingCrypto crypto = new SealingCrypto(config, writer, bouncyCastle);
        TlsProtocolHooks seam = new TlsProtocolHooks(config, writer, crypto);
        ServerPeer peer = new ServerPeer(config, crypto, seam);
        ServerProtocol protocol = new ServerProtocol(peer, seam, config);
        return new Handshake(
                config, protocol, seam, crypto, peer::facts, protocol::secrets, _ -> "");
    }

    private interface Step {
        void run() throws IOException;
    }

    /** All that can begin or end a handshake comes by here, or by the ends of the connection. */
    private void guarded(Step step) throws HandshakeException {
        try {
            step.run();
        } catch (TlsFatalAlertReceived e) {
            String message =
                    "the peer sent a fatal alert: "
                            + AlertDescription.getName(e.getAlertDescription())
                            + whenAlerted.apply(e.getAlertDescription());
            throw new HandshakeException(Kind.ALERT_RECEIVED, e.getAlertDescription(), message, e);
        } catch (Refusal e) {
            throw failure(e.kind(), e.getAlertDescription(), e);
        } catch (TlsFatalAlert e) {
            if (e.getCause() instanceof SealException cause) {
                String message = String.valueOf(cause.getMessage());
                throw new HandshakeException(
                        Kind.SEAL_FAILED, e.getAlertDescription(), message, cause);
            }
            throw failure(Kind.ALERT_SENT, e.getAlertDescription(), e);
        } catch (IOException | RuntimeException e) {
            throw failure(Kind.INTERNAL, AlertDescription.internal_error, e);
        } finally {
            noteWhetherHandshaking();
        }
    }

    private void noteWhetherHandshaking() {
        handshaking = protocol.isHandshaking();
    }

    private static HandshakeException failure(Kind kind, short alert, Exception e) {
        String said = e instanceof TlsFatalAlert fatal ? detail(fatal) : e.getMessage();
        String message = said == null ? AlertDescription.getName(alert).replace('_', ' ') : said;
        return new HandshakeException(kind, alert, oneLine(message), known(e));
    }

    /** What a user's program can name: it is told the alert as Bouncy Castle's exception. */
    private static Exception known(Exception e) {
        if (!(e instanceof Refusal refusal)) {
            return e;
        }
        TlsFatalAlert alert =
                new TlsFatalAlert(refusal.getAlertDescription(), detail(refusal), e.getCause());
        alert.setStackTrace(e.getStackTrace());
        return alert;
    }

    /** Names and texts in it may be the peer's: nothing that moves a terminal's cursor stays. */
    private static String oneLine(String message) {
        String line = message.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ");
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "…";
    }

    /**
     * Bouncy Castle puts the alert's text in front of the message; a person needs what comes after
     * it. Null if nothing does.
     */
    static @Nullable String detail(TlsFatalAlert e) {
        String prefix = AlertDescription.getText(e.getAlertDescription()) + "; ";
        String message = e.getMessage();
        return message != null && message.startsWith(prefix)
                ? message.substring(prefix.length())
                : null;
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
        guarded(
                () -> {
                    if (passes(bytes[offset], length - RecordLayout.HEADER)) {
                        protocol.offerInput(bytes, offset, length);
                    }
                });
    }

    private boolean passes(int type, int length) throws IOException {
        try {
            return seam.passes(type, length);
        } catch (Refusal refusal) {
            control.refuse(refusal);
            return false;
        }
    }

    /** Refuses a record because of its header: writes a fatal alert, and throws. */
    public void refuseRecord(Kind kind) throws HandshakeException {
        guarded(() -> control.refuse(refusal(kind)));
    }

    private static Refusal refusal(Kind kind) {
        return switch (kind) {
            case UNKNOWN_RECORD_TYPE ->
                    new Refusal(
                            kind,
                            AlertDescription.unexpected_message,
                            "the peer sent a record of an unknown type");
            case WRONG_RECORD_VERSION ->
                    new Refusal(
                            kind,
                            AlertDescription.protocol_version,
                            "the peer sent a record of another version");
            case RECORD_TOO_LONG ->
                    new Refusal(
                            kind,
                            AlertDescription.record_overflow,
                            "the peer sent a record that is too long");
            default -> throw new IllegalArgumentException(kind + " is not about a header");
        };
    }

    /** Begins a renegotiation, which TLS 1.2 alone knows. */
    public void beginRenegotiation() throws HandshakeException {
        guarded(control::beginRenegotiation);
    }

    /** Whether renegotiation is possible on this connection and allowed by its context. */
    public boolean mayRenegotiate() {
        SessionFacts agreed = facts.get();
        SecurityParameters held = secrets.get();
        return config.renegotiation().allowed()
                && agreed != null
                && agreed.version() == TlsVersion.TLSV1_2
                && held != null
                && held.isSecureRenegotiation();
    }

    /** Whether the first handshake is complete, so that application data may be read. */
    public boolean isEstablished() {
        return seam.isComplete();
    }

    /**
     * Whether no handshake is under way, so that application data may be written. In the middle of
     * a renegotiation it may not: peers answer it with unexpected_message.
     */
    public boolean isComplete() {
        return seam.isComplete() && !protocol.isHandshaking();
    }

    /** The same for a writer, who calls while no message is being handled. */
    public boolean mayWrite() {
        return seam.isComplete() && !handshaking;
    }

    /** Whether the peer has said that it will send no more. */
    public boolean isCloseNotifyReceived() {
        return seam.isCloseNotifyReceived();
    }

    /** Bytes of application data that are decrypted and not read yet. */
    public int available() {
        return seam.inbox().available();
    }

    /** Moves decrypted bytes; at most {@link #available} and what fits. */
    public int read(ByteBuffer dst) {
        return seam.inbox().read(dst);
    }

    /** To be called before the array that was offered last changes. */
    public void keepUnread() {
        seam.inbox().keep();
    }

    /**
     * Asks for a KeyUpdate before the next record of application data.
     *
     * @param askPeer whether the peer is to change its keys too
     */
    public void oweKeyUpdate(boolean askPeer) {
        seam.oweKeyUpdate(askPeer);
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
        guarded(() -> seam.sendCloseNotify(control));
    }

    /**
     * After a record could not be sealed: writes a fatal alert, if one can still be sealed. Nothing
     * may be written after it.
     */
    public void writeLastAlert() {
        if (!isComplete() || !crypto.readyForLastAlert()) {
            return;
        }
        Refusal last =
                new Refusal(
                        Kind.SEAL_FAILED,
                        AlertDescription.internal_error,
                        "a record could not be sealed");
        try {
            control.refuse(last);
        } catch (IOException | RuntimeException e) {
            // It always throws; why the connection ends is known already.
            return;
        } finally {
            noteWhetherHandshaking();
        }
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
            noteWhetherHandshaking();
            seam.forgetInput();
            destroy(held);
            crypto.close();
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
