package org.sslwrite.pkcs11.pin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Set;

/** Whose files, for whom, may hold a PIN: for user 1000, who is in the groups 1000 and 2000. */
class FileGuardTest {
    private static final FileGuard GUARD = new FileGuard(1000, Set.of(1000, 2000));
    private static final String FILE = "/etc/sslwrite/pin";
    private static final String MOUNTED = "/etc/pin/..2026_01_02_03_04_05.678/pin";

    @ParameterizedTest(name = "{0}:{1} {2}")
    @CsvSource(
            nullValues = "-",
            value = {
                // owner, group, mode, what is wrong
                "1000, 1000, 600, -",
                "1000, 1000, 400, -",
                "1000,    0, 700, -",
                "   0,    0, 600, -",
                "   0, 2000, 440, -", // Kubernetes with fsGroup
                "   0, 2000, 640, -",
                "   0,    0, 440, -", // systemd's credentials
                "1000, 2000, 440, use: chmod 600 /etc/sslwrite/pin",
                "1000, 1000, 644, use: chmod 600 /etc/sslwrite/pin",
                "1000, 1000, 602, use: chmod 600 /etc/sslwrite/pin",
                "1000, 1000, 620, use: chmod 600 /etc/sslwrite/pin",
                "   0, 2000, 444, as root: chmod 440 /etc/sslwrite/pin",
                "   0, 2000, 460, as root: chmod 440 /etc/sslwrite/pin",
                "   0, 3000, 440, as root: chown 1000 /etc/sslwrite/pin && chmod 600"
                        + " /etc/sslwrite/pin",
                "   0,    0, 444, as root: chown 1000 /etc/sslwrite/pin && chmod 600"
                        + " /etc/sslwrite/pin",
                "1001, 2000, 440, as root: chown 1000 /etc/sslwrite/pin",
                "1001, 1000, 600, as root: chown 1000 /etc/sslwrite/pin",
                "  -1,    0, 600, as root: chown 1000 /etc/sslwrite/pin",
            })
    void files(int owner, int group, String mode, @Nullable String remedy) {
        String fault =
                GUARD.fault(
                        Path.of(FILE), new FileGuard.Stat(owner, group, Integer.parseInt(mode, 8)));
        if (remedy == null) {
            assertNull(fault);
        } else {
            assertTrue(String.valueOf(fault).endsWith("; " + remedy), fault);
        }
    }

    @Test
    void theRemedyInKubernetesIsOneOfKubernetes() {
        Path file = Path.of(MOUNTED);
        assertNull(GUARD.fault(file, new FileGuard.Stat(0, 2000, 0440)));
        assertEquals(
                "can be used by others; set defaultMode: 0400 for the volume, and fsGroup in the"
                        + " pod's securityContext",
                GUARD.fault(file, new FileGuard.Stat(0, 0, 0644)));
        assertEquals(
                "which is user 1000; set defaultMode: 0400 for the volume, and fsGroup in the"
                        + " pod's securityContext",
                GUARD.remedyOfDenial(file));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/etc/pin, /etc/pin",
                "/etc/my pin, '/etc/my pin'",
                "/etc/$HOME, '/etc/$HOME'",
                "/etc/it's, '/etc/it'\\''s'"
            })
    void remediesCanBePastedIntoAShell(String path, String quoted) {
        assertEquals(quoted, FileGuard.quoted(Path.of(path)));
    }
}
