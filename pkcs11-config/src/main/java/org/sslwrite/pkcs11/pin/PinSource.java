package org.sslwrite.pkcs11.pin;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.nio.file.Path;

import javax.security.auth.callback.CallbackHandler;

/**
 * Where a PIN comes from. Asked once for each login; {@link #remembering} asks only once. Errors
 * say where the PIN should have been, and never hold it.
 */
@FunctionalInterface
public interface PinSource {
    /**
     * The PIN for a token; the caller closes it. Null: the token is used without login.
     *
     * @param token what to tell a person who is asked for it
     * @throws TokenException if there is none where it should be
     */
    @Nullable Pin pin(String token) throws TokenException;

    /** No PIN: the token is used without login. */
    static PinSource none() {
        return PinSources.NONE;
    }

    /**
     * The first line of a file of at most 4096 bytes, in UTF-8. The file must belong to the user
     * who runs this process, or to root, and nobody else may read or write it (mode 0600 or
     * narrower); but a file of root may be for a group that this process is in (mode 0440), as
     * Kubernetes makes it. Symbolic links that belong to this user or to root are followed.
     */
    static PinSource file(Path file) {
        return new PinFile(file);
    }

    /**
     * An environment variable, in UTF-8, or else in the encoding of the locale. The text of the
     * environment cannot be wiped, and other programs of the same user can read it: a file is
     * better.
     */
    static PinSource environment(String variable) {
        return PinSources.environment(variable);
    }

    /** A person at the terminal, without echo; an error if the process has no terminal. */
    static PinSource prompt() {
        return PinSources.prompt(PinSources::readFromTerminal);
    }

    /** A PIN that the program has. Copies; the argument stays the caller's to wipe. */
    static CachedPin of(char[] pin) {
        return CachedPin.of(pin);
    }

    /** A {@link javax.security.auth.callback.PasswordCallback} of the application. */
    static PinSource callback(CallbackHandler handler) {
        return PinSources.callback(handler);
    }

    /** Asks another source when it is first asked, and keeps what that says. */
    static CachedPin remembering(PinSource source) {
        return new CachedPin(source);
    }

    /**
     * The source that a text names: {@code file:/path}, {@code env:NAME}, {@code prompt}, {@code
     * none}.
     *
     * @throws IllegalArgumentException if it names none; without the text, which may be a PIN
     */
    static PinSource parse(String text) {
        return PinSources.parse(text);
    }
}
