package org.sslwrite.bench.run;

import org.sslwrite.bench.report.HtmlReport;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.ResultsCsv;
import org.sslwrite.bench.result.ResultsJson;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The folder of a run: {@code results.json}, {@code results.csv}, {@code report.html}. Each file is
 * the old one until the new one is complete.
 */
public final class ResultFiles {
    private final Path folder;

    private ResultFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes the folder if need be, and makes sure that files can be written to it.
     *
     * @throws RunException if not
     */
    public static ResultFiles in(Path folder) throws RunException {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "results", ".tmp"));
            return new ResultFiles(folder);
        } catch (IOException e) {
            throw new RunException(folder + ": results cannot be written there: " + words(e), e);
        }
    }

    /** The folder. */
    public Path folder() {
        return folder;
    }

    /** Writes the figures so far. */
    void writeJson(Results results) throws RunException {
        write("results.json", file -> Files.writeString(file, ResultsJson.toJson(results)));
    }

    /**
     * Writes everything.
     *
     * @throws RunException if a file cannot be written
     */
    public void write(Results results) throws RunException {
        writeJson(results);
        write("results.csv", file -> Files.writeString(file, ResultsCsv.toCsv(results)));
        write("report.html", file -> HtmlReport.write(results, file));
    }

    private interface Content {
        void to(Path file) throws IOException;
    }

    private void write(String name, Content content) throws RunException {
        Path file = folder.resolve(name);
        Path fresh = folder.resolve(name + ".new");
        try {
            content.to(fresh);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            RunException failure = new RunException(file + ": cannot be written: " + words(e), e);
            try {
                Files.deleteIfExists(fresh);
            } catch (IOException another) {
                failure.addSuppressed(another);
            }
            throw failure;
        }
    }

    /** Java's exceptions for files say the name alone. */
    private static String words(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException exists -> "it is a file, not a folder";
            case NotDirectoryException none -> "a part of the path is no folder";
            case NoSuchFileException none -> "there is no such folder";
            default -> {
                String message = String.valueOf(e.getMessage());
                yield message.substring(message.lastIndexOf(": ") + 1).strip();
            }
        };
    }
}
