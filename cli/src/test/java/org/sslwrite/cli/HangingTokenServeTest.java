package org.sslwrite.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import javax.net.ssl.SSLSocket;

/** A server whose token holds the private key, and hangs. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangingTokenServeTest {
    private static final int SIZE = 40_000_000;

    @TempDir private Path folder;
    @TempDir private Path temporary;

    /** As many hang as there are carriers; what needs no token goes on. */
    @ParameterizedTest
    @ValueSource(strings = {"cryptoki", "sunpkcs11"})
    void downloadGoesOnWhileSignaturesHang(String engine) throws Exception {
        Path file = Fixture.file(folder, "file", SIZE);
        try (FaultyTokenServer server =
                new FaultyTokenServer(
                        folder, temporary, "--engine", engine, "--policy", "software")) {
            SSLSocket download = server.download("/file");
            server.module().hang("C_Sign");
            for (int i = 0; i < FaultyTokenServer.CARRIERS; i++) {
                handshake(server.client());
            }
            Await.until("signatures hang", () -> hanging(server) == FaultyTokenServer.CARRIERS);
            byte[] received = download.getInputStream().readAllBytes();

            assertEquals(FaultyTokenServer.CARRIERS, hanging(server), "they hang still");
            byte[] body = Arrays.copyOfRange(received, received.length - SIZE, received.length);
            assertArrayEquals(Files.readAllBytes(file), body);
        }
    }

    private static long hanging(FaultyTokenServer server) {
        return server.module().underWay("C_Sign");
    }

    /** Begins one, which is not to end before the test does. */
    private static void handshake(SSLSocket client) {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                client.startHandshake();
                            } catch (IOException e) {
                                // its signature never comes
                            }
                        });
    }
}
