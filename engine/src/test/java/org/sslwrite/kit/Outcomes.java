package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.sslwrite.Ssl;
import org.sslwrite.SslError;
import org.sslwrite.SslFailure;
import org.sslwrite.SslReason;

import java.util.regex.Pattern;

/** Checks everything that a connection says of a call: result, error, failure. */
public final class Outcomes {
    private Outcomes() {}

    /** It succeeded; nothing of an older failure is left. */
    public static void assertDone(Ssl ssl, long result, long wanted) {
        assertEquals(wanted, result, () -> "result; " + ssl.getError(result) + " " + ssl.failure());
        assertEquals(SslError.NONE, ssl.getError(result));
        assertNull(ssl.failure(), "failure of a call that succeeded");
    }

    /** It is to be repeated; nothing of an older failure is left. */
    public static void assertWants(Ssl ssl, long result, SslError error) {
        assertEquals(
                error, ssl.getError(result), () -> "error for " + result + "; " + ssl.failure());
        assertEquals(-1, result);
        assertNull(ssl.failure(), "failure of a call that is to be repeated");
    }

    /** It failed for this reason, said in one line. */
    public static void assertFailed(
            Ssl ssl, long result, int wanted, SslError error, SslReason reason) {
        assertEquals(
                error, ssl.getError(result), () -> "error for " + result + "; " + ssl.failure());
        assertEquals(wanted, result);
        SslFailure failure = ssl.failure();
        assertNotNull(failure, "a failure that explains " + error);
        assertEquals(reason, failure.reason(), failure.message());
        assertOneLine(failure.message());
    }

    /** For what must be there. */
    public static <T> T notNull(T value) {
        assertNotNull(value);
        return value;
    }

    /** One line that says something. */
    public static void assertOneLine(String message) {
        assertFalse(message.isBlank(), "says nothing");
        assertFalse(message.contains("\n"), () -> "more than one line: " + message);
        assertFalse(
                Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]").matcher(message).find(),
                () -> "moves a terminal's cursor: " + message);
        assertFalse(message.contains("null"), () -> "says null: " + message);
    }
}
