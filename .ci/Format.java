import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/// Checks or mends the layout of every Java source below a folder.
///
/// Arguments: `check` or `apply`, then the project's folder. The class path holds
/// google-java-format.
final class Format {
    private static final Formatter FORMATTER =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    public static void main(String[] args) throws IOException {
        var apply =
                switch (args[0]) {
                    case "apply" -> true;
                    case "check" -> false;
                    default -> throw new IllegalArgumentException(args[0]);
                };
        var root = Path.of(args[1]);
        var unformatted = new ConcurrentSkipListMap<Path, String>();
        var broken = new ConcurrentSkipListMap<Path, String>();
        sources(root).parallelStream()
                .forEach(
                        path -> {
                            var name = root.relativize(path);
                            try {
                                var source = Files.readString(path);
                                var formatted = FORMATTER.formatSourceAndFixImports(source);
                                if (formatted.equals(source)) return;
                                if (apply) Files.writeString(path, formatted);
                                unformatted.put(name, "");
                            } catch (FormatterException e) {
                                broken.put(name, ":" + e.getMessage());
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });

        if (!broken.isEmpty()) {
            print("can't be parsed:", broken);
        }
        if (!unformatted.isEmpty()) {
            print(apply ? "formatted:" : "not formatted; ./format mends that:", unformatted);
        }
        if (!broken.isEmpty() || !apply && !unformatted.isEmpty()) System.exit(1);
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            var folders = modules.map(module -> module.resolve("src"));
            return Stream.concat(Stream.of(root.resolve(".ci")), folders)
                    .filter(Files::isDirectory)
                    .flatMap(Format::walk)
                    .filter(path -> path.toString().endsWith(".java"))
                    .toList();
        }
    }

    private static Stream<Path> walk(Path folder) {
        try {
            return Files.walk(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void print(String title, ConcurrentSkipListMap<Path, String> files) {
        System.err.println(title);
        files.forEach((path, note) -> System.err.println("  " + path + note));
    }
}
