package org.sslwrite.bench.yardstick;

import org.sslwrite.bench.engine.AbsentException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end. */
public final class Program {
    private Program() {}

    /** What it wrote to its standard output, and to its standard error. */
    public record Said(String out, String err) {}

    /**
     * Runs one.
     *
     * @param environment what it needs besides this process's
     * @param in for its standard input; stays the caller's to wipe
     * @throws AbsentException if it is not there, fails or takes longer than the limit
     */
    public static Said run(
            List<String> command, Map<String, String> environment, byte[] in, Duration limit)
            throws AbsentException, IOException, InterruptedException {
        String name = String.valueOf(Path.of(command.getFirst()).getFileName());
        Path out = Files.createTempFile("sslwrite-bench", ".out");
        Path err = Files.createTempFile("sslwrite-bench", ".err");
        try {
            Process process = start(command, environment, out, err);
            try {
                send(process, in);
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new AbsentException(
                            name + " gave no answer within " + limit.toSeconds() + " s");
                }
            } finally {
                process.destroyForcibly();
            }
            Said said = new Said(text(out), text(err));
            if (process.exitValue() != 0) {
                throw new AbsentException(
                        "%s ended with code %d%s"
                                .formatted(name, process.exitValue(), lastLine(said.err)));
            }
            return said;
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    private static Process start(
            List<String> command, Map<String, String> environment, Path out, Path err)
            throws AbsentException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AbsentException(command.getFirst() + " is not installed", e);
        }
    }

    /** One that ends without reading has its reason, which is to be told. */
    private static void send(Process process, byte[] in) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(in);
        } catch (IOException e) {
            return;
        }
    }

    /** Whatever it may be. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static String lastLine(String text) {
        return text.isBlank() ? "" : ": " + text.strip().lines().reduce("", (a, b) -> b);
    }
}
