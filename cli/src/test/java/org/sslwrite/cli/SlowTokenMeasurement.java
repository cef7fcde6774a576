package org.sslwrite.cli;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLSocket;

/**
 * What 8 downloads at a time get from a server whose token seals the records and is slow. A figure
 * and no test, so it runs only when it is asked for:
 *
 * <pre>
 *   mvn -pl cli -am test -Dtest=SlowTokenMeasurement -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@Timeout(600)
class SlowTokenMeasurement {
    private static final int CONNECTIONS = 8;
    private static final int SIZE = 40_000_000;
    private static final int BUFFER = 1 << 16;

    @TempDir private Path folder;
    @TempDir private Path temporary;

    @ParameterizedTest(name = "1 ms in {0}, by {1}")
    @CsvSource({
        "C_Encrypt, cryptoki",
        "C_EncryptInit C_Encrypt, cryptoki",
    })
    void megabytesASecond(String slow, String engine) throws Exception {
        Fixture.file(folder, "file", SIZE);
        try (FaultyTokenServer server =
                new FaultyTokenServer(
                        folder, temporary, "--engine", engine, "--policy", "token-only")) {
            double warmUp = run(server);
            for (String function : slow.split(" ")) {
                server.module().delay(function, Duration.ofMillis(1));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s, %d connections: %.0f MB/s, 1 ms in %s: %.0f MB/s%n",
                    engine,
                    CONNECTIONS,
                    warmUp,
                    slow,
                    run(server));
        }
    }

    private static double run(FaultyTokenServer server) throws Exception {
        List<SSLSocket> sockets = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.add(server.download("/file"));
        }
        long start = System.nanoTime();
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (SSLSocket socket : sockets) {
            CompletableFuture<Long> bytes = new CompletableFuture<>();
            all.add(bytes);
            Thread.ofPlatform().start(() -> read(socket, bytes));
        }
        long total = 0;
        for (CompletableFuture<Long> bytes : all) {
            total += bytes.get();
        }
        return total * 1e3 / (System.nanoTime() - start);
    }

    private static void read(SSLSocket socket, CompletableFuture<Long> bytes) {
        byte[] buffer = new byte[BUFFER];
        long total = 0;
        try (InputStream in = socket.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                total += n;
            }
            bytes.complete(total);
        } catch (IOException e) {
            bytes.completeExceptionally(e);
        }
    }
}
