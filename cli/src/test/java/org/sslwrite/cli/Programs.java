package org.sslwrite.cli;

import org.junit.jupiter.api.Assumptions;
import org.sslwrite.softhsm.SoftwareToken;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs that nobody here wrote. */
final class Programs {
    private static final List<Path> LIBRARIES =
            List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"));

    private Programs() {}

    /** Skips the test, with a reason, where the program is missing. */
    static void assumeInstalled(String program) {
        boolean found = false;
        for (String folder : System.getenv("PATH").split(":")) {
            found |= Files.isExecutable(Path.of(folder, program));
        }
        Assumptions.assumeTrue(found, program + " is not installed");
    }

    /** Its path. Skips the test, with a reason, where the program is missing. */
    static String find(String name) {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            Path program = Path.of(folder, name);
            if (Files.isExecutable(program)) {
                return program.toString();
            }
        }
        return Assumptions.abort(name + " is not installed");
    }

    /**
     * A library, by the name of the need that has it. Skips the test, with a reason, where it is
     * missing.
     */
    static Path library(String need, String pattern) throws IOException {
        for (Path base : LIBRARIES) {
            for (String folder : List.of("", "*-linux-gnu*/")) {
                Path found = first(base, folder + pattern);
                if (found != null) {
                    return found;
                }
            }
        }
        return Assumptions.abort(need + " is not installed");
    }

    /** Null if there is none. */
    private static Path first(Path base, String pattern) throws IOException {
        List<Path> at = List.of(base);
        for (String part : pattern.split("/")) {
            List<Path> next = new ArrayList<>();
            for (Path folder : at) {
                if (Files.isDirectory(folder)) {
                    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, part)) {
                        found.forEach(next::add);
                    }
                }
            }
            at = next;
        }
        return at.isEmpty() ? null : at.getFirst();
    }

    /**
     * The first {@code openssl} on the PATH that is OpenSSL's: the server of LibreSSL, whose
     * command has the same name, answers some clients otherwise. Skips the test, with a reason,
     * where there is none.
     */
    static String openssl() throws IOException, InterruptedException {
        for (String folder : System.getenv("PATH").split(":")) {
            Path program = Path.of(folder, "openssl");
            if (Files.isExecutable(program) && version(program).startsWith("OpenSSL ")) {
                return program.toString();
            }
        }
        return Assumptions.abort("openssl is not installed, OpenSSL's");
    }

    private static String version(Path program) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(program.toString(), "version")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    /** Skips the test, with a reason, where the library of such a token is missing. */
    static void assumeToken(SoftwareToken.Kind kind) {
        String reason = SoftwareToken.reasonAgainst(kind);
        Assumptions.assumeTrue(reason == null, reason);
    }

    /**
     * Fetches with curl, which trusts anyone and leaves paths as they are.
     *
     * @return status and size, as in {@code 200 1000}
     */
    static String curl(String url, Path output, String... options)
            throws IOException, InterruptedException {
        Process process = startCurl(url, output, options);
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer;
    }

    static Process startCurl(String url, Path output, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("curl", "-s", "-k", "--path-as-is", "--max-time", "20"));
        command.addAll(List.of("-o", output.toString(), "-w", "%{http_code} %{size_download}"));
        command.addAll(List.of(options));
        command.add(url);
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }
}
