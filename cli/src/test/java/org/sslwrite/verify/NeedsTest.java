package org.sslwrite.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** On systems whose apt is played by a few lines of shell: no real one has all these faults. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "verify is a script for POSIX systems")
class NeedsTest {
    private static final String COMMON =
            "openssl gnutls-bin softhsm2 libnss3 curl gcc libc6-dev p11-kit p11-kit-modules swtpm"
                + " dbus-daemon tpm2-abrmd libtss2-tcti-tabrmd0 libtpm2-pkcs11-1 opencryptoki libc6"
                + " ";

    @TempDir private Path folder;
    private Path programs;
    private Path installed;

    @BeforeEach
    void makeSystem() throws IOException {
        programs = Files.createDirectory(folder.resolve("programs"));
        installed = Files.createDirectory(folder.resolve("installed"));
        program("env", "while case ${1-} in *=*) ;; *) false ;; esac; do shift; done; exec \"$@\"");
        program("sudo", "[ \"$1\" = -n ] && shift; [ -n \"$ROOT\" ] && exec \"$@\"");
        program("true", "");
        program("id", "echo 1000");
        program(
                "dpkg-query",
                """
                eval "package=\\$$#"
                [ -e "$INSTALLED/$package" ] && echo 'installed ' || echo 'not-installed '
                """);
        program(
                "apt-cache",
                """
                known=; case " $KNOWN " in *" $2 "*) known=y ;; esac
                case $1 in
                  madison) [ -z "$known" ] || echo "$2 | 1 | http://debian" ;;
                  policy)
                    case " $PINNED " in *" $2 "*) known= ;; esac
                    if [ -n "$known" ]; then echo 'Candidate: 1'; else echo 'Candidate: (none)'; fi
                    ;;
                esac
                """);
        program(
                "apt-get",
                """
                case " $* " in
                  *' update '*) [ -z "$OLD_LISTS" ] ;;
                  *' install '*)
                    packages=
                    while [ "$1" != --no-install-recommends ]; do shift; done
                    shift
                    for package; do
                      case " $BROKEN " in *" $package "*) exit 100 ;; esac
                      case " $KNOWN " in *" $package "*) ;; *) exit 100 ;; esac
                    done
                    for package; do : >"$INSTALLED/$package"; done
                    ;;
                esac
                """);
    }

    private void program(String name, String body) throws IOException {
        Path program = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + body);
        assertTrue(program.toFile().setExecutable(true));
    }

    private String needs(String known, Map<String, String> system)
            throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        environment.putAll(Map.of("ROOT", "y", "BROKEN", "", "PINNED", "", "OLD_LISTS", ""));
        environment.put("PATH", programs.toString());
        environment.put("KNOWN", known);
        environment.put("INSTALLED", installed.toString());
        environment.putAll(system);
        Script script =
                Script.run(
                        List.of(
                                bash(),
                                "-euc",
                                ". \"$0\"; needs_of_tests; echo \"none: ${NOT_TO_BE_HAD[*]-}\"",
                                Script.CI.resolve("needs").toString()),
                        environment);
        assertEquals(0, script.exit(), script.output());
        return script.output();
    }

    private static String bash() {
        return Files.exists(Path.of("/bin/bash")) ? "/bin/bash" : "bash";
    }

    private Set<String> installed() throws IOException {
        Set<String> names = new TreeSet<>();
        try (var files = Files.newDirectoryStream(installed)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource({
        "Debian 12,             libipsec-mb1 chromium,              libipsec-mb1 chromium, ''",
        "Debian 13,             libipsec-mb2 chromium,              libipsec-mb2 chromium, ''",
        "with both,             libipsec-mb1 libipsec-mb2 chromium, libipsec-mb2 chromium, ''",
        "Ubuntu 24.04,          libipsec-mb1,                       libipsec-mb1,    chromium",
        "one that is not Intel, chromium,                           chromium,        ipsec-mb",
    })
    void whatTheSystemHasIsInstalled(String system, String has, String wanted, String none)
            throws IOException, InterruptedException {
        String said = needs(COMMON + has, Map.of());
        Set<String> all = new TreeSet<>(List.of((COMMON + wanted).split(" ")));
        all.remove("libc6");
        assertEquals(all, installed(), said);
        assertTrue(said.endsWith("none: " + none + "\n"), said);
    }

    /** It can be had, so that a skip for it is none that could be forgiven. */
    @Test
    void onePackageThatCannotBeInstalledDoesNotStopTheOthers()
            throws IOException, InterruptedException {
        String said =
                needs(COMMON + "libipsec-mb2 chromium", Map.of("BROKEN", "chromium softhsm2"));
        Set<String> others = new TreeSet<>(List.of((COMMON + "libipsec-mb2").split(" ")));
        others.removeAll(List.of("softhsm2", "libc6"));
        assertEquals(others, installed(), said);
        assertTrue(said.contains("verify: not installed: SoftHSM2 chromium;"), said);
        assertTrue(said.contains("sudo apt-get install softhsm2 chromium\n"), said);
        assertTrue(said.endsWith("none: \n"), said);
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "OLD_LISTS, y"})
    void nothingIsDeniedByListsThatAreNotThere(String fault, String value)
            throws IOException, InterruptedException {
        String known = fault.isEmpty() ? "" : COMMON;
        String said = needs(known, Map.of(fault.isEmpty() ? "OTHER" : fault, value));
        assertTrue(said.contains("no repository of this system has: "), said);
        assertTrue(said.endsWith("none: \n"), said);
    }

    @Test
    void packageThatIsPinnedAwayIsNotAskedFor() throws IOException, InterruptedException {
        String said = needs(COMMON + "chromium libipsec-mb2", Map.of("PINNED", "chromium"));
        assertFalse(installed().contains("chromium"), said);
        assertTrue(said.endsWith("none: chromium\n"), said);
    }

    @Test
    void whoMayNotInstallIsToldHow() throws IOException, InterruptedException {
        String said = needs(COMMON + "libipsec-mb1", Map.of("ROOT", ""));
        assertEquals(Set.of(), installed(), said);
        assertTrue(
                said.contains(
                        "verify: to install them: sudo apt-get install openssl gnutls-bin softhsm2"
                                + " libnss3 libipsec-mb1 curl gcc libc6-dev p11-kit p11-kit-modules"
                                + " swtpm dbus-daemon tpm2-abrmd libtss2-tcti-tabrmd0"
                                + " libtpm2-pkcs11-1 opencryptoki\n"),
                said);
        assertTrue(said.endsWith("none: chromium\n"), said);
    }

    /** A command of the user's own is as good. */
    @Test
    void whatIsThereIsLeftAlone() throws IOException, InterruptedException {
        program("openssl", "echo OpenSSL 3.9.9");
        for (String command : List.of("gnutls-cli", "gnutls-serv", "softhsm2-util")) {
            program(command, "");
        }
        for (String command : List.of("curl", "chromium", "cc", "p11-kit", "swtpm")) {
            program(command, "");
        }
        for (String command : List.of("dbus-daemon", "tpm2-abrmd")) {
            program(command, "");
        }
        Set<String> libraries =
                Set.of(
                        "libnss3",
                        "libipsec-mb1",
                        "libc6-dev",
                        "p11-kit-modules",
                        "libtss2-tcti-tabrmd0",
                        "libtpm2-pkcs11-1",
                        "opencryptoki");
        for (String name : libraries) {
            Files.createFile(installed.resolve(name));
        }
        assertEquals("none: \n", needs(COMMON + "libipsec-mb2 chromium", Map.of()));
        assertEquals(libraries, installed());
    }

    @Test
    void opensslOfAnotherMakerIsNotEnough() throws IOException, InterruptedException {
        program("openssl", "echo LibreSSL 4.3.2");
        String said = needs(COMMON, Map.of());
        assertTrue(installed().contains("openssl"), said);
    }

    @Test
    void otherSystemsAreToldWhatIsMissing() throws IOException, InterruptedException {
        for (String name : List.of("apt-get", "apt-cache", "dpkg-query")) {
            Files.delete(programs.resolve(name));
        }
        String said = needs("", Map.of());
        assertTrue(said.startsWith("verify: not installed: openssl gnutls-cli "), said);
        assertTrue(said.endsWith("none: \n"), said);
    }
}
