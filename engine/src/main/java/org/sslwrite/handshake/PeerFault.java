package org.sslwrite.handshake;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.HandshakeException.Kind;
import org.sslwrite.seal.SealException;

import java.io.EOFException;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.ProviderException;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.stream.Collectors;

import javax.crypto.NoSuchPaddingException;

/**
 * Says what the peer did wrong where Bouncy Castle, handling a message of the peer's, says
 * internal_error or throws something that is no alert. What is our own failure bears a kind of its
 * own, or is a provider's.
 */
final class PeerFault {
    private PeerFault() {}

    /** Something of our own failed: the peer hears internal_error, and is not blamed. */
    static Refusal ours(String what, Exception e) {
        return new Refusal(Kind.INTERNAL, AlertDescription.internal_error, because(what, e), e);
    }

    /** A sentence with the reason that an exception gives, if it gives one. */
    static String because(String what, Throwable e) {
        String message = e.getMessage();
        return what + ": " + (message == null ? e.getClass().getSimpleName() : message);
    }

    /** What was thrown while a handshake message was handled. */
    static IOException inMessage(int type, Exception e) {
        IOException known = known(e);
        if (known != null) {
            return known;
        }
        short alert = alertFor(type, e);
        return new Refusal(
                kindFor(type, alert), alert, "the peer's " + name(type) + said(alert), e);
    }

    /** What was thrown while a record of another type was handled. */
    static IOException inRecord(short contentType, Exception e) {
        IOException known = known(e);
        if (known != null) {
            return known;
        }
        short alert = isAlertOfPeersFault(e) ? code(e) : AlertDescription.decode_error;
        String record =
                switch (contentType) {
                    case ContentType.alert -> "the peer's alert";
                    case ContentType.change_cipher_spec -> "the peer's ChangeCipherSpec";
                    default -> "the peer's record";
                };
        return new Refusal(Kind.ALERT_SENT, alert, record + said(alert), e);
    }

    /** The peer's share of a key agreement could not be used. */
    static IOException inKeyShare(Exception e) {
        IOException known = known(e);
        return known != null
                ? known
                : new Refusal(
                        Kind.BAD_KEY_SHARE,
                        AlertDescription.illegal_parameter,
                        "the peer's key share is not a usable public key of its group",
                        e);
    }

    /** A certificate of the peer's could not be parsed. */
    static IOException inCertificate(Exception e) {
        IOException known = known(e);
        return known != null
                ? known
                : new Refusal(
                        Kind.CERTIFICATE_REFUSED,
                        AlertDescription.bad_certificate,
                        because("a certificate of the peer's cannot be parsed", e),
                        e);
    }

    /** What says already whose fault it is, or is ours; null for all else. */
    private static @Nullable IOException known(Exception e) {
        if (e instanceof Refusal || e instanceof TlsFatalAlertReceived) {
            return (IOException) e;
        }
        if (e instanceof TlsFatalAlert alert) {
            boolean tells = Handshake.detail(alert) != null && isAlertOfPeersFault(alert);
            if (tells || alert.getCause() instanceof SealException) {
                return alert;
            }
        }
        return isProviders(e) ? ours("a security provider failed", e) : null;
    }

    /** Whether the cause is an algorithm or a provider that is missing or broken. */
    private static boolean isProviders(Exception e) {
        return isCausedBy(e, NoSuchAlgorithmException.class)
                || isCausedBy(e, NoSuchProviderException.class)
                || isCausedBy(e, NoSuchPaddingException.class)
                || isCausedBy(e, ProviderException.class);
    }

    private static boolean isCausedBy(Exception e, Class<? extends Exception> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAlertOfPeersFault(Exception e) {
        return e instanceof TlsFatalAlert
                && code(e) != AlertDescription.internal_error
                && code(e) != AlertDescription.decryption_failed;
    }

    private static short code(Exception e) {
        return ((TlsFatalAlert) e).getAlertDescription();
    }

    private static short alertFor(int type, Exception e) {
        if (isCausedBy(e, InvalidKeyException.class)) {
            // The key is the certificate's: that of a key agreement is told apart before.
            return AlertDescription.bad_certificate;
        }
        if (isAlertOfPeersFault(e)) {
            return code(e);
        }
        if (isCausedBy(e, SignatureException.class)) {
            return AlertDescription.decrypt_error;
        }
        if (isMalformed(e)) {
            return AlertDescription.decode_error;
        }
        return switch (type) {
            case HandshakeType.certificate -> AlertDescription.bad_certificate;
            case HandshakeType.certificate_verify, HandshakeType.finished ->
                    AlertDescription.decrypt_error;
            default -> AlertDescription.illegal_parameter;
        };
    }

    /** Whether the bytes ended too early, or a length in them led out of them. */
    private static boolean isMalformed(Exception e) {
        Throwable root = e instanceof TlsFatalAlert && e.getCause() != null ? e.getCause() : e;
        return root instanceof EOFException
                || root instanceof IndexOutOfBoundsException
                || root instanceof NegativeArraySizeException
                || root.getClass() == IOException.class;
    }

    private static Kind kindFor(int type, short alert) {
        return switch (alert) {
            case AlertDescription.bad_certificate,
                    AlertDescription.unsupported_certificate,
                    AlertDescription.certificate_unknown ->
                    Kind.CERTIFICATE_REFUSED;
            case AlertDescription.decrypt_error ->
                    type == HandshakeType.finished ? Kind.ALERT_SENT : Kind.BAD_SIGNATURE;
            default -> Kind.ALERT_SENT;
        };
    }

    private static String said(short alert) {
        return switch (alert) {
            case AlertDescription.decode_error -> " cannot be parsed";
            case AlertDescription.decrypt_error ->
                    " does not fit the handshake's transcript or key";
            case AlertDescription.unexpected_message -> " was not expected here";
            case AlertDescription.illegal_parameter -> " has a value that is not allowed";
            default -> ": " + AlertDescription.getName(alert).replace('_', ' ');
        };
    }

    /** The message's name as the RFCs write it. */
    private static String name(int type) {
        if (!HandshakeType.isRecognized((short) type)) {
            return "handshake message of type " + type;
        }
        return Arrays.stream(HandshakeType.getName((short) type).split("_"))
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
    }
}
