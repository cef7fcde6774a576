package org.sslwrite.differential;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/**
 * A libssl.
 *
 * @param name a file, or a name that the loader knows
 */
record Library(String name) {
    /** Names the libraries to run with, files or names, separated as a class path is. */
    static final String PROPERTY = "sslwrite.libssl";

    /** What the loader finds where a library is installed. */
    private static final List<String> INSTALLED =
            List.of("libssl.so.3", "libssl.so.4", "libssl.so.1.1");

    /** Where others may be, beside what the loader finds. */
    private static final List<String> ELSEWHERE =
            List.of("/usr/local/{ssl,openssl*,libressl*}/lib*", "/opt/{openssl*,libressl*}/lib*");

    private static final String FILES = "/libssl.so.*";

    private static final int DEPTH = 3;

    static boolean areNamed() {
        return System.getProperty(PROPERTY) != null;
    }

    /** The one that {@link #PROPERTY} names, in the JVM that runs with it. */
    static Library named() {
        return new Library(System.getProperty(PROPERTY, INSTALLED.getFirst()));
    }

    /** Those that {@link #PROPERTY} names; else those that are installed or are found elsewhere. */
    static List<Library> toRun() {
        if (areNamed()) {
            return Stream.of(System.getProperty(PROPERTY).split(File.pathSeparator))
                    .map(Library::new)
                    .toList();
        }
        Stream<String> others = ELSEWHERE.stream().flatMap(Library::files);
        return Stream.concat(INSTALLED.stream(), others).map(Library::new).toList();
    }

    private static Stream<String> files(String folders) {
        Path root = Path.of(folders.substring(0, folders.indexOf("/{")));
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + folders + FILES);
        if (!Files.isReadable(root)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(root, DEPTH)) {
            return files
                    .filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file) && matcher.matches(file))
                    .map(Path::toString)
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException | UncheckedIOException e) {
            System.out.println("differential: cannot look into " + root + ": " + e);
            return Stream.empty();
        }
    }

    /** libcrypto is the one beside a file, and the loader's for a name. */
    @SuppressWarnings("restricted")
    SymbolLookup load() {
        if (name.indexOf('/') < 0) {
            String crypto = name.replace("libssl", "libcrypto");
            return SymbolLookup.libraryLookup(name, Arena.global())
                    .or(SymbolLookup.libraryLookup(crypto, Arena.global()));
        }
        Path file = Path.of(name).toAbsolutePath();
        // Loaded first, it is the one that libssl binds to.
        SymbolLookup crypto = SymbolLookup.libraryLookup(cryptoBeside(file), Arena.global());
        return SymbolLookup.libraryLookup(file, Arena.global()).or(crypto);
    }

    /** That of the same number, or, with LibreSSL, the only one. */
    private static Path cryptoBeside(Path libSsl) {
        Path folder = libSsl.getParent();
        Path same = folder.resolve(libSsl.getFileName().toString().replace("libssl", "libcrypto"));
        if (Files.exists(same)) {
            return same;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(it -> it.getFileName().toString().startsWith("libcrypto.so."))
                    .sorted()
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("no libcrypto beside " + libSsl));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
