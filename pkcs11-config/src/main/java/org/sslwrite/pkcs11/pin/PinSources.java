package org.sslwrite.pkcs11.pin;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.text.Text;

import java.io.Console;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;

/** The sources of PINs that need no room of their own. */
public final class PinSources {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String FORMS =
            "where a PIN comes from is written as file:/path, env:NAME, prompt or none";

    private static final String LOCAL = "//localhost/";

    /** What a decoder of Java puts for bytes that it cannot read. */
    private static final char UNREADABLE = '\uFFFD';

    static final PinSource NONE = new Named("none", "none", token -> null);

    private PinSources() {}

    /** Whom the prompt asks; returns null for no answer. */
    @FunctionalInterface
    interface Terminal {
        char @Nullable [] ask(String question) throws TokenException;
    }

    /** The bytes of the variable, whatever the locale makes of them. */
    static PinSource environment(String variable) {
        return environment(variable, PinSources::readFromEnvironment);
    }

    private static char @Nullable [] readFromEnvironment(String variable) {
        byte[] bytes = bytesOf(variable);
        if (bytes == null) {
            String value = System.getenv(variable);
            return value == null ? null : value.toCharArray();
        }
        CharBuffer decoded = null;
        try {
            decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return Arrays.copyOf(decoded.array(), decoded.limit());
        } catch (CharacterCodingException e) {
            return System.getenv(variable).toCharArray(); // in the locale's encoding, no doubt
        } finally {
            Arrays.fill(bytes, (byte) 0);
            if (decoded != null) {
                Arrays.fill(decoded.array(), '\0');
            }
        }
    }

    /** Null where the system does not show them. */
    private static byte @Nullable [] bytesOf(String variable) {
        byte[] name = (variable + "=").getBytes(StandardCharsets.US_ASCII);
        byte[] all = {};
        try (InputStream in = new FileInputStream("/proc/self/environ")) {
            all = in.readAllBytes();
            for (int start = 0, end; start < all.length; start = end + 1) {
                end = start;
                while (end < all.length && all[end] != 0) {
                    end++;
                }
                if (end - start >= name.length
                        && Arrays.equals(all, start, start + name.length, name, 0, name.length)) {
                    return Arrays.copyOfRange(all, start + name.length, end);
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        } finally {
            Arrays.fill(all, (byte) 0);
        }
    }

    /** Where the value of a variable comes from; null if it is not set. */
    @FunctionalInterface
    interface Environment {
        char @Nullable [] value(String variable);
    }

    static PinSource environment(String variable, Environment environment) {
        if (!VARIABLE.matcher(variable).matches()) {
            throw new IllegalArgumentException("env: is followed by the name of a variable");
        }
        String name = "environment variable " + variable;
        return new Named(
                name,
                "env:" + variable,
                token -> {
                    char[] value = environment.value(variable);
                    if (value == null || value.length == 0) {
                        throw new TokenException(
                                token + ": the " + name + " should hold its PIN, but is not set");
                    }
                    return read(token, name, value);
                });
    }

    static PinSource prompt(Terminal terminal) {
        return new Named(
                "prompt",
                "prompt",
                token -> {
                    char[] answer = terminal.ask("PIN of " + token + ": ");
                    if (answer == null || answer.length == 0) {
                        throw new TokenException(token + ": no PIN was entered");
                    }
                    return read(token, "answer to the prompt", answer);
                });
    }

    static char @Nullable [] readFromTerminal(String question) throws TokenException {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new TokenException(
                    question
                            + "there is no terminal to ask on; use pin-source = file:/path or"
                            + " env:NAME");
        }
        return console.readPassword("%s", question);
    }

    static PinSource callback(CallbackHandler handler) {
        return new Named(
                "callback",
                null,
                token -> {
                    PasswordCallback question =
                            new PasswordCallback("PIN of " + token + ": ", false);
                    try {
                        handler.handle(new Callback[] {question});
                        char[] answer = question.getPassword();
                        if (answer == null || answer.length == 0) {
                            throw new TokenException(token + ": the callback gave no PIN");
                        }
                        return pin(token, "answer of the callback", answer);
                    } catch (IOException | UnsupportedCallbackException e) {
                        throw new TokenException(token + ": the callback for its PIN failed", e);
                    } finally {
                        question.clearPassword();
                    }
                });
    }

    static PinSource parse(String text) {
        if (text.equals("none")) {
            return PinSource.none();
        }
        if (text.equals("prompt")) {
            return PinSource.prompt();
        }
        if (text.startsWith("env:")) {
            return PinSource.environment(text.substring("env:".length()));
        }
        if (text.startsWith("file:")) {
            return PinSource.file(path(text.substring("file:".length())));
        }
        throw new IllegalArgumentException(FORMS);
    }

    /**
     * What follows {@code file:}, taken literally; an empty authority, or that of this machine (RFC
     * 8089, section 2), may come first.
     */
    private static Path path(String text) {
        String literal = withoutHost(text);
        try {
            Text.requirePrintable("path of the PIN's file", literal);
            Path path = Path.of(literal);
            if (!path.isAbsolute() || literal.startsWith("//")) {
                throw new IllegalArgumentException("file: is followed by an absolute path");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(FORMS); // its message would show the text
        }
    }

    private static String withoutHost(String text) {
        if (text.startsWith("///")) {
            return text.substring("//".length());
        }
        return text.regionMatches(true, 0, LOCAL, 0, LOCAL.length())
                ? text.substring(LOCAL.length() - 1)
                : text;
    }

    /** What was read in the encoding of the locale. Wipes the argument. */
    private static Pin read(String token, String origin, char[] chars) throws TokenException {
        for (char c : chars) {
            if (c == UNREADABLE) {
                Arrays.fill(chars, '\0');
                throw new TokenException(
                        token
                                + ": "
                                + origin
                                + ": has characters that Java cannot read in this locale"
                                + " (LC_ALL, LC_CTYPE, LANG); run with LC_ALL=C.UTF-8, or use"
                                + " pin-source = file:/path");
            }
        }
        return pin(token, origin, chars);
    }

    /** As it is written in a configuration; null if it cannot be. */
    public static @Nullable String written(PinSource source) {
        return switch (source) {
            case PinFile file -> "file:" + file.path();
            case Named named -> named.text;
            case CachedPin kept -> written(kept.origin());
            default -> null;
        };
    }

    /** Wipes the argument. */
    static Pin pin(String token, String origin, char[] chars) throws TokenException {
        try {
            return new Pin(chars);
        } catch (IllegalArgumentException e) {
            throw new TokenException(token + ": " + origin + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(chars, '\0');
        }
    }

    /** A source that can be named in messages. */
    private record Named(String name, @Nullable String text, PinSource source)
            implements PinSource {
        @Override
        public @Nullable Pin pin(String token) throws TokenException {
            return source.pin(token);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
