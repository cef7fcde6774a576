package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The folder that is served: finds files and folders in it, and nothing outside. */
final class DocumentRoot {
    /** Names in a listing at most. */
    private static final int LONGEST_LISTING = 10_000;

    /** Files are looked up so often if they are gone before they could be opened. */
    private static final int ATTEMPTS = 3;

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

    /** The path that a target stands for, whether there is anything or not. */
    Path resolve(RequestTarget target) throws HttpRefusal {
        try {
            Path asked = root;
            for (String segment : target.path().split("/")) {
                if (segment.equals("..")) {
                    // Even where it would stay inside: no client has a reason to ask.
                    throw target.notFound();
                }
                asked = asked.resolve(segment);
            }
            return asked;
        } catch (InvalidPathException e) {
            throw target.notFound();
        }
    }

    boolean isFolder(Path asked) {
        Path real = served(asked);
        return real != null && Files.isDirectory(real);
    }

    boolean isFile(Path asked) {
        Path real = served(asked);
        return real != null && Files.isRegularFile(real);
    }

    /** The real path, no symbolic link in it, if that is ours to serve. */
    private @Nullable Path served(Path asked) {
        try {
            Path real = asked.toRealPath();
            return real.startsWith(root) && Files.isReadable(real) ? real : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Opens a file. Where a symbolic link is switched meanwhile, it is the old file or the new one.
     *
     * @throws HttpRefusal if there is none to serve
     */
    ServedFile open(RequestTarget target, Path asked) throws HttpRefusal {
        for (int i = 0; i < ATTEMPTS; i++) {
            Path real = served(asked);
            if (real == null || !Files.isRegularFile(real)) {
                break;
            }
            try {
                return ServedFile.open(real, typeOf(asked, real));
            } catch (IOException e) {
                // It has gone since it was looked up, or cannot be read.
            }
        }
        throw target.notFound();
    }

    /** The type that the name stands for; if none, that of the file that a link leads to. */
    private static String typeOf(Path asked, Path real) {
        String type = TYPES.get(suffixOf(asked));
        return type != null ? type : TYPES.getOrDefault(suffixOf(real), "application/octet-stream");
    }

    private static String suffixOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** A page with the names in a folder, but for those that begin with a dot. */
    String listing(RequestTarget target, Path folder) throws HttpRefusal {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (names.size() == LONGEST_LISTING) {
                    break;
                }
                if (isFolder(child) && !name.startsWith(".")) {
                    names.add(name + "/");
                } else if (isFile(child) && !name.startsWith(".")) {
                    names.add(name);
                }
            }
        } catch (IOException e) {
            throw target.notFound();
        }
        names.sort(null);
        String title = "Files of " + escape(target.path());
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head>");
        page.append("<meta charset=\"utf-8\"><title>").append(title).append("</title></head>\n");
        page.append("<body><h1>").append(title).append("</h1>\n<ul>\n");
        for (String name : names) {
            // "./" keeps a name with a colon from being a scheme (RFC 3986 section 4.2).
            page.append("<li><a href=\"./").append(PercentCoding.encode(name)).append("\">");
            page.append(escape(name)).append("</a></li>\n");
        }
        return page.append("</ul></body></html>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
