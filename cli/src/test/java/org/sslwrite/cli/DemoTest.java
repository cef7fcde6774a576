package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code demo}, with a small file. */
class DemoTest {
    @TempDir private Path folder;

    @ParameterizedTest(name = "{0}, {1} bytes")
    @CsvSource({"openssl, 1000007", "self, 1000007", "openssl, 0", "self, 0", "auto, 1"})
    void bothVersionsArriveIntact(String peer, int size) throws IOException {
        if (peer.equals("openssl")) {
            Programs.assumeInstalled("openssl");
        }
        Cli.Result result =
                Cli.run("demo", Fixture.file(folder, "file", size), "--peer", peer, "--json");

        assertEquals(0, result.exit(), result.err());
        assertEquals("", result.err());
        List<String> rows = result.out().lines().toList();
        assertEquals(2, rows.size(), result.out());
        assertAll(
                () -> assertRow(rows.get(0), peer, "TLSv1.3", size),
                () -> assertRow(rows.get(1), peer, "TLSv1.2", size));
    }

    private static void assertRow(String row, String peer, String version, int size) {
        String name =
                switch (peer) {
                    case "openssl" -> "openssl( \\(\\w+\\))? [0-9.]+[\\w.-]*";
                    case "self" -> "sslwrite";
                    default -> ".+";
                };
        String pattern =
                "\\{\"peer\":\""
                        + name
                        + "\",\"protocol\":\""
                        + version
                        + "\",\"suite\":\"TLS_\\w+\",\"sealed_by\":\"[\\w-]+\","
                        + "\"records\":"
                        + (size + 16_383) / 16_384
                        + ",\"bytes\":"
                        + size
                        + ",\"seconds\":[0-9.]+(E-\\d+)?,\"gbps\":[0-9.]+,\"sha256_equal\":true}";
        assertTrue(row.matches(pattern), () -> row + " does not match " + pattern);
    }

    @Test
    void printsATableAndWhy() throws IOException {
        Path file = Fixture.file(folder, "file", 1000);
        Cli.Result result =
                Cli.run(
                        "demo",
                        file,
                        "--peer",
                        "self",
                        "--suites",
                        "TLS_AES_128_GCM_SHA256",
                        "--provider",
                        "SunRsaSign,SunJCE");

        assertEquals(0, result.exit(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals(4, lines.size(), result.out());
        assertTrue(
                lines.get(0)
                        .matches(
                                "peer +version +suite +sealed by +records +bytes +seconds +GB/s"
                                        + " +SHA-256"),
                lines.get(0));
        assertTrue(
                lines.get(1)
                        .matches(
                                "sslwrite +TLSv1.3 +TLS_AES_128_GCM_SHA256 +SunJCE +1 +1,000"
                                        + " +[0-9.]+ +[0-9.]+ +equal"),
                lines.get(1));
        assertTrue(
                lines.get(3).matches("TLSv1.3 is sealed by SunJCE; not SunRsaSign: .+"),
                lines.get(3));
    }

    @ParameterizedTest(name = "--max-fragment {0} makes {1} records")
    @CsvSource({"512, 20", "1024, 10", "16384, 1"})
    void cutsFragments(int fragment, int records) throws IOException {
        Path file = Fixture.file(folder, "file", 10_000);
        Cli.Result result =
                Cli.run("demo", file, "--peer", "self", "--json", "--max-fragment", fragment);

        assertEquals(0, result.exit(), result.err());
        assertTrue(
                result.out().lines().allMatch(row -> row.contains("\"records\":" + records + ",")),
                result.out());
    }

    @Test
    void runsTheVersionsThatTheSuitesBelongTo() throws IOException {
        Path file = Fixture.file(folder, "file", 1000);
        Cli.Result result =
                Cli.run(
                        "demo",
                        file,
                        "--peer",
                        "self",
                        "--json",
                        "--suites",
                        "ECDHE-RSA-AES256-SHA",
                        "--provider",
                        "BC");

        assertEquals(0, result.exit(), result.err());
        assertTrue(
                result.out()
                        .contains(
                                "\"suite\":\"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA\",\"sealed_by\":\"BC\""),
                result.out());
        assertEquals(1, result.out().lines().count());
    }
}
