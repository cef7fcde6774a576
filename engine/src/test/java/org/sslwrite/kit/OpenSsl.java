package org.sslwrite.kit;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code openssl} command, for files as the world makes them. */
public final class OpenSsl {
    private static final long SECONDS = 60;

    private OpenSsl() {}

    /**
     * The first on the PATH that is OpenSSL's: LibreSSL, whose command has the same name, lacks
     * many of the options. Null if there is none.
     */
    private static final @Nullable Path PROGRAM =
            onPath().filter(OpenSsl::isOpenSsl).findFirst().orElse(null);

    /** Why there is none, for a person; null if there is one. */
    public static @Nullable String missing() {
        if (PROGRAM != null) {
            return null;
        }
        return onPath().findFirst()
                .map(other -> "openssl is not installed: " + other + " is none of OpenSSL's")
                .orElse("openssl is not installed");
    }

    /** Its file, as the first word of a command. */
    public static String program() {
        if (PROGRAM == null) {
            throw new IllegalStateException(missing());
        }
        return PROGRAM.toString();
    }

    private static Stream<Path> onPath() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, "openssl"))
                .filter(Files::isExecutable);
    }

    private static boolean isOpenSsl(Path program) {
        try {
            Process process =
                    new ProcessBuilder(program.toString(), "version")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            byte[] said = process.getInputStream().readAllBytes();
            return process.waitFor() == 0
                    && new String(said, StandardCharsets.UTF_8).startsWith("OpenSSL ");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs it in a folder; the words are cut at spaces. */
    public static void run(Path folder, String words) {
        List<String> command = new ArrayList<>(List.of(program()));
        command.addAll(List.of(words.split(" ")));
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("openssl does not end: " + words);
            }
            if (process.exitValue() != 0) {
                throw new AssertionError("openssl " + words + ": " + said);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
