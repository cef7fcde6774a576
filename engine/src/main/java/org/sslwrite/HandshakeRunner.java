package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.event.HandshakeEvent;
import org.sslwrite.handshake.Handshake;
import org.sslwrite.handshake.HandshakeException;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.handshake.SessionFacts;
import org.sslwrite.record.RecordReader;
import org.sslwrite.record.RecordReader.Found;
import org.sslwrite.record.RecordWriter;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Drives the handshake and everything else that is Bouncy Castle's, record by record, and puts its
 * failures in our words.
 */
final class HandshakeRunner {
    /** Which end of the connection this is. */
    enum Role {
        CLIENT,
        SERVER
    }

    private final SslContext context;
    private final RecordWriter writer;
    private final RecordTransport wire;
    private final Outcome outcome;
    private @Nullable Role role;
    private @Nullable String host;
    private @Nullable Handshake handshake;
    private @Nullable HandshakeEvent event;
    private boolean fatalAlertReceived;

    /** Whether a record of the peer's was TLS. */
    private boolean heardTls;

    HandshakeRunner(
            SslContext context, RecordWriter writer, RecordTransport wire, Outcome outcome) {
        this.context = context;
        this.writer = writer;
        this.wire = wire;
        this.outcome = outcome;
    }

    void setRole(Role wanted) {
        if (handshake != null) {
            throw new IllegalStateException(
                    "the handshake has begun; the role can no longer change");
        }
        role = wanted;
    }

    boolean hasRole() {
        return role != null;
    }

    void setHost(String canonicalHost) {
        if (handshake != null) {
            throw new IllegalStateException(
                    "the handshake has begun; the host can no longer change");
        }
        host = canonicalHost;
    }

    /** The handshake, once it has begun. */
    @Nullable Handshake handshake() {
        return handshake;
    }

    /** Whether no handshake is missing or under way. */
    boolean isComplete() {
        return handshake != null && handshake.isComplete();
    }

    /** Whether application data may be written: the same, as every write asks it. */
    boolean mayWrite() {
        return handshake != null && handshake.mayWrite();
    }

    /** Whether application data may be read. */
    boolean isEstablished() {
        return handshake != null && handshake.isEstablished();
    }

    /** Whether the peer has ended the connection with a fatal alert. */
    boolean isFatalAlertReceived() {
        return fatalAlertReceived;
    }

    /** Runs the handshake, or goes on with it, until it is complete and all of it is sent. */
    int run() {
        int result = runUntimed();
        if (event != null && (isComplete() || outcome.isEnded())) {
            commit(event);
            event = null;
        }
        return result;
    }

    private void commit(HandshakeEvent ended) {
        ended.role = String.valueOf(role);
        SslFailure failure = outcome.failure();
        SessionFacts facts = handshake == null ? null : handshake.facts();
        if (failure != null) {
            ended.failure = failure.toString();
        } else if (facts != null) {
            ended.version = facts.version().toString();
            ended.suite = facts.suite().name();
            SealerChoice choice = writer.choice();
            ended.engine = choice == null ? null : choice.engine();
        }
        ended.commit();
    }

    private int runUntimed() {
        String missing = missingSetting();
        if (missing != null) {
            return outcome.refuse(SslReason.UNINITIALIZED, missing);
        }
        try {
            Handshake current = begun();
            while (true) {
                int flushed = flush();
                if (current.isComplete() || (flushed != Outcome.DONE && outcome.isEnded())) {
                    return flushed;
                }
                if (current.isCloseNotifyReceived()) {
                    return outcome.fail(
                            SslReason.UNEXPECTED_EOF_WHILE_READING,
                            "the peer closed the connection in the middle of a renegotiation",
                            null);
                }
                // Even if the transport is full: the peer may have to write before it can read.
                int read = readRecord(current);
                if (wire.isInputEnded() && read != Outcome.DONE) {
                    return outcome.fail(
                            SslReason.UNEXPECTED_EOF_WHILE_READING,
                            "the peer hung up in the middle of the handshake",
                            null);
                }
                if (read != Outcome.DONE) {
                    boolean full = flushed != Outcome.DONE && !outcome.isEnded();
                    return full ? outcome.want(SslError.WANT_WRITE) : read;
                }
            }
        } catch (HandshakeException e) {
            return fail(e);
        }
    }

    private @Nullable String missingSetting() {
        if (role == null) {
            return "neither client nor server: set the connect or the accept state";
        }
        if (!wire.isSet()) {
            return "no transport is set";
        }
        if (role == Role.SERVER && context.config().credentials().isEmpty()) {
            return "a server needs an identity: give the context one";
        }
        if (role == Role.CLIENT && host == null && context.config().authentication().verifyHost()) {
            return "no host name to verify the server by: call setHost, or turn verifyHost off";
        }
        return null;
    }

    private Handshake begun() throws HandshakeException {
        Handshake current = handshake;
        if (current == null) {
            current =
                    role == Role.SERVER
                            ? Handshake.server(context.config(), writer, context.bouncyCastle())
                            : Handshake.client(
                                    context.config(), host, writer, context.bouncyCastle());
            handshake = current;
            event = new HandshakeEvent();
            event.begin();
            current.begin();
        }
        return current;
    }

    int flush() {
        return wire.flush(isEstablished(), isCloseNotifyReceived());
    }

    /** Whether the peer has said that it sends nothing more. */
    boolean isCloseNotifyReceived() {
        return handshake != null && handshake.isCloseNotifyReceived();
    }

    /** Reads one record and has it taken in. */
    int readRecord(Handshake current) throws HandshakeException {
        boolean agreed = current.isEstablished();
        current.keepUnread();
        int awaited = wire.awaitRecord(agreed);
        if (awaited != Outcome.DONE) {
            return awaited;
        }
        RecordReader reader = wire.reader();
        Found found = reader.next(agreed);
        if (found != Found.RECORD) {
            return refuse(found, reader, current);
        }
        int offset = reader.offset();
        int length = reader.length();
        reader.consume(length);
        current.offer(reader.array(), offset, length);
        heardTls = true;
        return Outcome.DONE;
    }

    private int refuse(Found found, RecordReader reader, Handshake current)
            throws HandshakeException {
        if (!heardTls && found == Found.WRONG_VERSION) {
            return failNotTls(reader);
        }
        current.refuseRecord(
                switch (found) {
                    case UNKNOWN_TYPE -> Kind.UNKNOWN_RECORD_TYPE;
                    case WRONG_VERSION -> Kind.WRONG_RECORD_VERSION;
                    default -> Kind.RECORD_TOO_LONG;
                });
        return outcome.repeatEnd();
    }

    /** As OpenSSL does, nothing is sent to a peer that does not speak TLS at all. */
    private int failNotTls(RecordReader reader) {
        int shown = Math.min(5, reader.available());
        String start =
                new String(reader.array(), reader.offset(), shown, StandardCharsets.ISO_8859_1);
        return switch (start) {
            case "CONNE" ->
                    outcome.fail(
                            SslReason.HTTPS_PROXY_REQUEST,
                            "the peer speaks plain HTTP, to a proxy",
                            null);
            case "HTTP/" ->
                    outcome.fail(
                            SslReason.WRONG_VERSION_NUMBER,
                            "the peer speaks plain HTTP, not TLS",
                            null);
            case "POST ", "HEAD " ->
                    outcome.fail(
                            SslReason.HTTP_REQUEST, "the peer speaks plain HTTP, not TLS", null);
            default ->
                    start.startsWith("GET ") || start.startsWith("PUT ")
                            ? outcome.fail(
                                    SslReason.HTTP_REQUEST,
                                    "the peer speaks plain HTTP, not TLS",
                                    null)
                            : outcome.fail(
                                    SslReason.WRONG_VERSION_NUMBER,
                                    "the peer does not speak TLS",
                                    null);
        };
    }

    /**
     * Ends the connection; a fatal alert of ours goes out behind what was sealed before it, now or
     * with the next call.
     */
    int fail(HandshakeException e) {
        if (e.kind() == Kind.ALERT_RECEIVED) {
            fatalAlertReceived = true;
            writer.dropOutput();
        }
        outcome.fail(reason(e), Objects.requireNonNull(e.getMessage()), e.getCause());
        flush();
        return outcome.repeatEnd();
    }

    private SslReason reason(HandshakeException e) {
        return switch (e.kind()) {
            case ALERT_RECEIVED -> SslReason.ofAlertReceived(e.alert());
            case ALERT_SENT -> SslReason.ofAlertSent(e.alert());
            case INTERNAL -> SslReason.INTERNAL_ERROR;
            case NO_SHARED_CIPHER -> SslReason.NO_SHARED_CIPHER;
            case NO_SHARED_GROUP -> SslReason.NO_SHARED_GROUPS;
            case NO_SHARED_SIGNATURE_ALGORITHM -> SslReason.NO_SUITABLE_SIGNATURE_ALGORITHM;
            case BAD_SIGNATURE -> SslReason.BAD_SIGNATURE;
            case WRONG_SIGNATURE_TYPE -> SslReason.WRONG_SIGNATURE_TYPE;
            case WRONG_CURVE -> SslReason.WRONG_CURVE;
            case NOT_ON_RECORD_BOUNDARY -> SslReason.NOT_ON_RECORD_BOUNDARY;
            case MIXED_WITH_HANDSHAKE -> SslReason.MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA;
            case INVALID_ALERT -> SslReason.INVALID_ALERT;
            case BAD_EXTENSION -> SslReason.BAD_EXTENSION;
            case KEY_SHARE_MISMATCH -> SslReason.BAD_KEY_SHARE;
            case BAD_KEY_SHARE -> SslReason.BAD_ECPOINT;
            case BAD_COMPRESSION -> SslReason.INVALID_COMPRESSION_ALGORITHM;
            case NO_COMPRESSION_METHOD -> SslReason.NO_COMPRESSION_SPECIFIED;
            case DOWNGRADE -> SslReason.INAPPROPRIATE_FALLBACK;
            case INCONSISTENT_EXTENDED_MASTER_SECRET -> SslReason.INCONSISTENT_EXTMS;
            case SEAL_FAILED -> context.sealFailure();
            case CERTIFICATE_REFUSED -> SslReason.CERTIFICATE_VERIFY_FAILED;
            case CERTIFICATE_MISSING -> SslReason.PEER_DID_NOT_RETURN_A_CERTIFICATE;
            case CLOSED_IN_HANDSHAKE -> SslReason.UNEXPECTED_EOF_WHILE_READING;
            case UNKNOWN_RECORD_TYPE -> SslReason.UNEXPECTED_RECORD;
            case WRONG_RECORD_VERSION -> SslReason.WRONG_VERSION_NUMBER;
            case RECORD_TOO_LONG -> SslReason.PACKET_LENGTH_TOO_LONG;
            case MESSAGE_TOO_LONG -> SslReason.EXCESSIVE_MESSAGE_SIZE;
            case TOO_MUCH_EARLY_DATA -> SslReason.TOO_MUCH_EARLY_DATA;
            case INSECURE_RENEGOTIATION -> SslReason.UNSAFE_LEGACY_RENEGOTIATION_DISABLED;
            case RECORD_LIMIT_TOO_SMALL -> SslReason.SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH;
            case TOO_MANY_EMPTY_RECORDS -> SslReason.RECORD_TOO_SMALL;
            case TOO_MANY_WARNINGS -> SslReason.TOO_MANY_WARN_ALERTS;
            case TOO_MANY_KEY_UPDATES -> SslReason.TOO_MANY_KEY_UPDATES;
            case NO_RENEGOTIATION -> SslReason.NO_RENEGOTIATION;
        };
    }

    /** Ends the connection because a record could not be sealed. */
    int fail(SealException e) {
        outcome.fail(context.sealFailure(), Objects.requireNonNull(e.getMessage()), e);
        // What was sealed before it is whole, and goes out, now or with the next call.
        if (handshake != null) {
            handshake.writeLastAlert();
        }
        flush();
        return outcome.repeatEnd();
    }

    void close() {
        if (handshake != null) {
            handshake.close();
        }
    }
}
