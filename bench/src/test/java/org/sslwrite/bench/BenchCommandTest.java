package org.sslwrite.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.bench.result.ResultsJson;
import org.sslwrite.softhsm.SoftwareToken;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command line: what is wrong with it in one line, and what Ctrl-C leaves. */
class BenchCommandTest {
    private static final int TERMINATED = 128 + 15;

    @TempDir private Path folder;

    /** The script sslwrite prints it before anything is built; see HelpTest. */
    @Test
    void textIsTheHelp() throws IOException {
        String help =
                BenchCommand.commandLine().setUsageHelpAutoWidth(false).getUsageMessage(Ansi.OFF);
        Path text = Path.of("..", "docs", "help", "bench.txt");
        if ("write".equals(System.getProperty("sslwrite.help"))) {
            Files.writeString(text, help);
        }
        assertEquals(help, Files.readString(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --engine frob                         | 2 | .*unknown engine "frob"; known: vaes, ipsec-mb, .*
                    --suite frob                          | 2 | .*unknown cipher suite "frob"; known: .*
                    --suite ECDHE-RSA-AES128-GCM-SHA256   | 2 | .*wants an RSA certificate.*
                    --frob                                | 2 | Unknown option: '--frob'; try 'sslwrite bench --help'
                    more                                  | 2 | Unmatched argument .*'more'; try 'sslwrite bench --help'
                    --compare {folder}/a                  | 2 | .*requires at least 2 values.*
                    --compare {folder}/a {folder}/b       | 1 | {folder}/a: there is no such file
                    --compare {folder} {folder}           | 1 | {folder}: cannot be read: .*
                    --json --token frob                   | 1 | --token frob is neither softhsm, nss nor a pkcs11: URI
                    --json --token pkcs1:x?pin-value=1234 | 1 | --token is neither softhsm, nss nor a pkcs11: URI
                    --json --token pkcs11:frob            | 1 | .*
                    --json --token pkcs11:?pin-value=1234 | 1 | (?!.*1234).*
                    --json --token pkcs11:?module-path=/x | 1 | .*/x: no such file.*
                    --json --config {folder}/none         | 1 | {folder}/none: there is no such file
                    --json --engine c-loop                | 1 | nothing to measure: .*
                    --out /dev/null                       | 1 | /dev/null: results cannot be written there: it is a file, not a folder
                    --out /dev/null/sub                   | 1 | /dev/null/sub: results cannot be written there: .*
                    """)
    void badInputIsOneLine(String line, int code, String message) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command =
                BenchCommand.commandLine()
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err));
        String[] args = line.split(" ");
        Arrays.setAll(args, i -> args[i].replace("{folder}", folder.toString()));
        assertEquals(code, command.execute(args), err::toString);
        String wanted = "sslwrite: " + message.replace("{folder}", folder.toString()) + "\n";
        assertTrue(err.toString().matches(wanted), err::toString);
        assertEquals("", out.toString());
    }

    @Test
    void tokensOfOneNameAreRefused() {
        String reason = SoftwareToken.reasonAgainst(SoftwareToken.Kind.NSS);
        Assumptions.assumeTrue(reason == null, reason);
        StringWriter err = new StringWriter();
        CommandLine command = BenchCommand.commandLine().setErr(new PrintWriter(err));
        assertEquals(1, command.execute("--json", "--token", "nss", "--token", "nss"));
        assertEquals(
                "sslwrite: two tokens are called NSS: measure each once, or give one another name"
                        + " in its configuration\n",
                err.toString());
    }

    @Test
    void brokenResultsAreNamed() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"format\": ");
        StringWriter err = new StringWriter();
        CommandLine command = BenchCommand.commandLine().setErr(new PrintWriter(err));
        int code = command.execute("--compare", broken.toString(), broken.toString());
        assertEquals(1, code);
        assertTrue(
                err.toString().startsWith("sslwrite: " + broken + ": not JSON in line 1: "),
                err::toString);
        assertEquals(1, err.toString().lines().count());
    }

    /**
     * A signal before anything is measured, so that the test is short. Not Ctrl-C's: who runs the
     * tests in the background may have made every child ignore it.
     */
    @Test
    void interruptedRunLeavesItsResults() throws Exception {
        Assumptions.assumeFalse(
                System.getProperty("os.name").startsWith("Windows"), "Windows has no signals");
        Path results = folder.resolve("out");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BenchCommand.class.getName(),
                                "--quick",
                                "--engine",
                                "sunjce",
                                "--out",
                                results.toString())
                        .redirectOutput(new File("/dev/null"))
                        .start();
        try (BufferedReader err = process.errorReader()) {
            String first = err.readLine();
            assertTrue(first.contains("left  ours, SunJCE"), first);
            process.toHandle().destroy(); // unlike Process.destroy it leaves the pipe open
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(List.of(), err.lines().toList());
        } finally {
            process.destroyForcibly();
        }
        assertEquals(TERMINATED, process.exitValue());
        assertFalse(ResultsJson.read(results.resolve("results.json")).complete());
        assertTrue(Files.exists(results.resolve("report.html")));
        assertTrue(Files.exists(results.resolve("results.csv")));
    }
}
