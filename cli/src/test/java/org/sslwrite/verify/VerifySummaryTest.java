package org.sslwrite.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code ./verify} makes of reports, and of what Maven said. */
class VerifySummaryTest {
    private static final String SUCCESS = "[INFO] BUILD SUCCESS\n";

    @TempDir private Path root;

    private void report(String module, String... cases) throws IOException {
        Path reports = root.resolve(module).resolve("target").resolve("surefire-reports");
        Files.createDirectories(reports);
        StringBuilder xml = new StringBuilder("<testsuite>");
        for (int i = 0; i < cases.length; i++) {
            xml.append(
                    "<testcase classname=\"T\" name=\"t%d\">%s</testcase>".formatted(i, cases[i]));
        }
        Files.writeString(reports.resolve("TEST-T.xml"), xml.append("</testsuite>"));
    }

    private Script summary(int maven, String log, Map<String, String> environment, String... none)
            throws IOException, InterruptedException {
        Path file = Files.writeString(root.resolve("maven.log"), log);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add(Script.CI.resolve("VerifySummary.java").toString());
        command.addAll(List.of(root.toString(), Integer.toString(maven), file.toString()));
        command.addAll(List.of(none));
        return Script.run(command, environment);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chromium is not installed                                  | chromium   | true",
                "gnutls-cli is not installed: gnutls-cli · 300 rows         | gnutls-cli | true",
                "ipsec-mb: is not installed: there is neither …             | ipsec-mb   | true",
                "sealed by SunJCE; not ipsec-mb: is not installed: there …  | ipsec-mb   | true",
                "needs a token: NSS is not installed: looked for …          | NSS        | true",
                "vaes this CPU lacks AVX-512                                | ''         | true",
                "needs root: nobody else can give a file away              | ''         | true",
                "chromium is not installed                                  | ''         | false",
                "chromium is not installed                                  | curl       | false",
                "chromium does not start                                    | chromium   | false",
                "my-NSS is not installed                                    | NSS        | false",
                "the comparison is with OpenSSL 3.0                         | openssl    | false",
            })
    void skipIsForgivenForWhatTheSystemCannotHave(String reason, String none, boolean forgiven)
            throws IOException, InterruptedException {
        report("module", "", "<skipped message=\"" + reason + "\"/>");
        String[] needs = none.isEmpty() ? new String[0] : new String[] {none};
        Script strict = summary(0, SUCCESS, Map.of("CI", "true"), needs);
        assertEquals(forgiven ? 0 : 1, strict.exit(), strict.output());
        assertTrue(strict.output().contains("skipped: T.t1: " + reason + "\n"), strict.output());
        assertTrue(strict.output().endsWith("1 passed, 0 failed, 1 skipped\n"), strict.output());
    }

    @Test
    void everyModuleIsCounted() throws IOException, InterruptedException {
        report("a", "", "<failure/>");
        report("b", "", "<error/>", "");
        Script script = summary(0, SUCCESS, Map.of());
        assertEquals(1, script.exit(), script.output());
        assertTrue(script.output().contains("verify: tests failed\n"), script.output());
        assertTrue(script.output().endsWith("3 passed, 2 failed, 0 skipped\n"), script.output());
    }

    /** Maven goes on behind a failure, and then ends with 0. */
    @Test
    void whatMavenFailedAtIsNamed() throws IOException, InterruptedException {
        report("a", "");
        Script script =
                summary(
                        0,
                        """
                        [INFO] our pkcs11 ......................................... FAILURE [  0.4 s]
                        [INFO] our engine ......................................... SUCCESS [  0.4 s]
                        [INFO] our cli ............................................ SKIPPED
                        [INFO] BUILD FAILURE
                        [ERROR] Failed to execute goal surefire:test on project pkcs11:\s
                        [ERROR] Crashed tests:
                        [ERROR] org.example.CrashTest
                        [ERROR] org.example.OtherTest
                        [ERROR] \tat org.example.Stack.frame(Stack.java:1)
                        [ERROR] Failed to execute goal compiler:compile on project x: no -> [Help 1]
                        """,
                        Map.of());
        assertEquals(1, script.exit(), script.output());
        assertEquals(
                List.of(
                        "module our pkcs11: FAILURE",
                        "module our cli: SKIPPED",
                        "Maven: Failed to execute goal surefire:test on project pkcs11",
                        "crashed: org.example.CrashTest",
                        "crashed: org.example.OtherTest",
                        "Maven: Failed to execute goal compiler:compile on project x: no",
                        "Maven did not say BUILD SUCCESS"),
                script.output()
                        .lines()
                        .filter(line -> line.startsWith("verify: "))
                        .map(line -> line.substring("verify: ".length()))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({"0, ''", "1, '[INFO] BUILD SUCCESS\n'"})
    void mavenMustHaveSucceeded(int exit, String log) throws IOException, InterruptedException {
        report("a", "");
        assertEquals(1, summary(exit, log, Map.of()).exit());
    }

    @Test
    void aTestMustHaveRun() throws IOException, InterruptedException {
        assertEquals(1, summary(0, SUCCESS, Map.of()).exit());
        report("a", "");
        assertEquals(0, summary(0, SUCCESS, Map.of()).exit());
    }
}
