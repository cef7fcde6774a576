package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;

/** What the options of the breaker do to a server whose token fails. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BreakerServeTest {
    private static final long CKR_FUNCTION_FAILED = 0x06;
    private static final int SIZE = 1000;

    @TempDir private Path folder;
    @TempDir private Path temporary;

    private FaultyTokenServer server(int failures, String pause) throws Exception {
        Fixture.file(folder, "file", SIZE);
        return new FaultyTokenServer(
                folder,
                temporary,
                "--policy",
                "token-preferred",
                "--breaker-failures",
                failures,
                "--breaker-pause",
                pause);
    }

    private static void download(FaultyTokenServer server) throws IOException {
        byte[] answer = server.download("/file").getInputStream().readAllBytes();
        assertTrue(answer.length >= SIZE, "the whole file came, whoever sealed it");
    }

    private static long asked(FaultyTokenServer server) {
        return server.module().calls("C_EncryptInit");
    }

    @ParameterizedTest(name = "after {0}")
    @ValueSource(ints = {1, 3})
    void soManyFailuresKeepConnectionsAway(int failures) throws Exception {
        try (FaultyTokenServer server = server(failures, "3600")) {
            download(server);
            server.module().fail("C_EncryptInit", CKR_FUNCTION_FAILED);
            for (int i = 0; i < failures; i++) {
                long before = asked(server);
                download(server);
                assertTrue(asked(server) > before, "connection " + i + " asks the token");
            }
            server.module().clear();
            long before = asked(server);
            download(server);
            assertEquals(before, asked(server), "the token is left alone");
        }
    }

    @ParameterizedTest(name = "after {0} s")
    @ValueSource(strings = "0.2")
    void afterThePauseTheTokenSealsAgain(String pause) throws Exception {
        try (FaultyTokenServer server = server(1, pause)) {
            server.module().fail("C_EncryptInit", CKR_FUNCTION_FAILED);
            download(server);
            server.module().clear();
            long before = server.module().calls("C_Encrypt");
            while (server.module().calls("C_Encrypt") == before) {
                download(server);
            }
        }
    }
}
