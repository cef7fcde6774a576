package org.sslwrite.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The folder that is served: finds files in it, and nothing outside. */
final class DocumentRoot {
    private static final Map<String, String> TYPES =
            Map.ofEntries(
                    Map.entry("css", "text/css; charset=utf-8"),
                    Map.entry("gif", "image/gif"),
                    Map.entry("htm", "text/html; charset=utf-8"),
                    Map.entry("html", "text/html; charset=utf-8"),
                    Map.entry("jpg", "image/jpeg"),
                    Map.entry("js", "text/javascript; charset=utf-8"),
                    Map.entry("json", "application/json"),
                    Map.entry("md", "text/plain; charset=utf-8"),
                    Map.entry("pdf", "application/pdf"),
                    Map.entry("png", "image/png"),
                    Map.entry("svg", "image/svg+xml"),
                    Map.entry("txt", "text/plain; charset=utf-8"),
                    Map.entry("xml", "application/xml"));

    private final Path root;

    private DocumentRoot(Path root) {
        this.root = root;
    }

    static DocumentRoot of(Path folder) throws CommandFailure {
        if (!Files.exists(folder)) {
            throw new CommandFailure(folder + ": no such folder");
        }
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure(
                    folder + ": is no folder; serve a folder and ask for its files");
        }
        try {
            return new DocumentRoot(folder.toRealPath());
        } catch (IOException e) {
            throw InputFiles.unreadable(folder, e);
        }
    }

    /** The file that a request's target stands for, as a real path: no symbolic link in it. */
    Path find(RequestHead head) throws HttpRefusal {
        String path = head.path();
        if (path == null || path.indexOf('\0') >= 0) {
            throw new HttpRefusal(HttpStatus.BAD_REQUEST, "not a path: " + head.target());
        }
        HttpRefusal notFound =
                new HttpRefusal(HttpStatus.NOT_FOUND, "no such file: " + head.target());
        if (path.endsWith("/")) {
            throw notFound; // a folder, or a file taken for one
        }
        try {
            Path asked = root;
            for (String segment : path.split("/")) {
                if (segment.equals("..")) {
                    throw notFound; // even where it would stay inside: no client has a reason to
                    // ask
                }
                asked = asked.resolve(segment);
            }
            Path real = asked.toRealPath();
            if (!real.startsWith(root) || !Files.isRegularFile(real) || !Files.isReadable(real)) {
                throw notFound;
            }
            return real;
        } catch (IOException | InvalidPathException e) {
            notFound.addSuppressed(e);
            throw notFound;
        }
    }

    static String typeOf(Path file) {
        String name = String.valueOf(file.getFileName());
        String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(suffix, "application/octet-stream");
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
