package org.sslwrite.cli;

import org.sslwrite.IdentityException;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** Says in one line why a file cannot be read. */
final class InputFiles {
    private InputFiles() {}

    /** Fails if the file is not there, is a folder, or is not ours to read. */
    static void requireReadable(Path file) throws CommandFailure {
        if (Files.isDirectory(file)) {
            throw new CommandFailure(file + ": is a folder; a file is needed");
        }
        if (!Files.exists(file)) {
            throw new CommandFailure(file + ": no such file");
        }
        if (!Files.isReadable(file)) {
            throw new CommandFailure(file + ": no permission to read it");
        }
    }

    static CommandFailure unreadable(Path file, Exception e) {
        Throwable cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
        String why =
                switch (cause) {
                    case NoSuchFileException gone -> "no such file";
                    case AccessDeniedException denied -> "no permission to read it";
                    case FileSystemException other when other.getReason() != null ->
                            "cannot be read: " + other.getReason();
                    case IOException other -> "cannot be read: " + other.getMessage();
                    default -> "cannot be read: " + cause;
                };
        return new CommandFailure(file + ": " + why, e);
    }

    /** Certificates to trust. */
    static List<X509Certificate> certificates(Path file) throws CommandFailure {
        requireReadable(file);
        try {
            return TlsIdentity.readCertificates(file);
        } catch (IdentityException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }
}
