package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.tls.TlsFatalAlert;
import org.sslwrite.Ssl;
import org.sslwrite.SslError;
import org.sslwrite.SslFailure;
import org.sslwrite.SslReason;
import org.sslwrite.pkcs11.TokenException;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks everything that a connection says of a call: result, error, failure. */
public final class Outcomes {
    private static final Map<CodeSource, ModuleDescriptor> OURS = ours();

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
        assertNameable(failure.cause());
    }

    /** Every cause is of a class that a program in a module of its own can name. */
    private static void assertNameable(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            Class<?> type = cause.getClass();
            assertTrue(isNameable(type), () -> "nobody can name the class of a cause: " + type);
        }
    }

    /** Of a class that is not in our modules, anything is. */
    private static boolean isNameable(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        ModuleDescriptor ours = source == null ? null : OURS.get(source);
        return ours == null
                || Modifier.isPublic(type.getModifiers())
                        && ours.exports().stream()
                                .anyMatch(e -> e.source().equals(type.getPackageName()));
    }

    private static Map<CodeSource, ModuleDescriptor> ours() {
        return Stream.of(Ssl.class, TokenException.class)
                .map(type -> type.getProtectionDomain().getCodeSource())
                .collect(Collectors.toMap(source -> source, Outcomes::module));
    }

    private static ModuleDescriptor module(CodeSource source) {
        try {
            Path classes = Path.of(source.getLocation().toURI());
            return ModuleFinder.of(classes).findAll().iterator().next().descriptor();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The fatal alert that we sent, or -1. */
    public static int alertSent(Ssl ssl) {
        SslFailure failure = ssl.failure();
        return failure != null && failure.cause() instanceof TlsFatalAlert alert
                ? alert.getAlertDescription()
                : -1;
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
