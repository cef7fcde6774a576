package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Gets a password from a file, the environment or the terminal; never from the command line, which
 * everybody can see.
 */
final class Password {
    static final String VARIABLE = "SSLWRITE_PASSWORD";
    private static final int LONGEST = 4096;

    private Password() {}

    /**
     * The password of a file.
     *
     * @param passwordFile holds it in its first line; null: ask elsewhere
     * @return the caller's to wipe
     */
    static char[] read(Path protectedFile, @Nullable Path passwordFile) throws CommandFailure {
        if (passwordFile != null) {
            return firstLine(passwordFile);
        }
        String fromEnvironment = System.getenv(VARIABLE);
        if (fromEnvironment != null) {
            requireReadable(fromEnvironment.toCharArray(), VARIABLE);
            return fromEnvironment.toCharArray();
        }
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("Password of %s: ", protectedFile);
            if (typed != null) {
                requireReadable(typed, "the password");
                return typed;
            }
        }
        throw new CommandFailure(
                protectedFile
                        + ": needs a password: use --password-file FILE or the environment variable"
                        + " "
                        + VARIABLE);
    }

    /** What Java cannot read in the locale's encoding it replaces, and then no password fits. */
    private static void requireReadable(char[] password, String what) throws CommandFailure {
        for (char c : password) {
            if (c == '\uFFFD') {
                throw new CommandFailure(
                        what
                                + " has characters that Java cannot read in this locale; run with"
                                + " LC_ALL=C.UTF-8, or use --password-file");
            }
        }
    }

    private static char[] firstLine(Path file) throws CommandFailure {
        InputFiles.requireReadable(file);
        byte[] bytes = new byte[0];
        CharBuffer text = CharBuffer.allocate(0);
        try {
            if (Files.size(file) > LONGEST) {
                throw new CommandFailure(file + ": is too long for a password file");
            }
            bytes = Files.readAllBytes(file);
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            int length = 0;
            while (length < text.length()
                    && text.charAt(length) != '\n'
                    && text.charAt(length) != '\r') {
                length++;
            }
            char[] password = new char[length];
            text.get(password);
            return password;
        } catch (CharacterCodingException e) {
            throw new CommandFailure(file + ": is not text in UTF-8", e);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(text.array(), '\0');
        }
    }
}
