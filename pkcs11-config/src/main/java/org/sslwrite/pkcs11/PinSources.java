package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.regex.Pattern;

import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;

/** The sources of PINs that need no room of their own. */
final class PinSources {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String FORMS =
            "where a PIN comes from is written as file:/path, env:NAME, prompt or none";

    static final PinSource NONE = new Named("none", token -> null);

    private PinSources() {}

    /** Whom the prompt asks; returns null for no answer. */
    @FunctionalInterface
    interface Terminal {
        char @Nullable [] ask(String question) throws TokenException;
    }

    static PinSource environment(String variable, Function<String, @Nullable String> environment) {
        if (!VARIABLE.matcher(variable).matches()) {
            throw new IllegalArgumentException("env: is followed by the name of a variable");
        }
        String name = "environment variable " + variable;
        return new Named(
                name,
                token -> {
                    String value = environment.apply(variable);
                    if (value == null || value.isEmpty()) {
                        throw new TokenException(
                                token + ": the " + name + " should hold its PIN, but is not set");
                    }
                    return pin(token, name, value.toCharArray());
                });
    }

    static PinSource prompt(Terminal terminal) {
        return new Named(
                "prompt",
                token -> {
                    char[] answer = terminal.ask("PIN of " + token + ": ");
                    if (answer == null || answer.length == 0) {
                        throw new TokenException(token + ": no PIN was entered");
                    }
                    return pin(token, "answer to the prompt", answer);
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
     * What follows {@code file:}, taken literally; an empty authority (RFC 8089) may come first.
     */
    private static Path path(String text) {
        String literal = text.startsWith("///") ? text.substring(2) : text;
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
    private record Named(String name, PinSource source) implements PinSource {
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
