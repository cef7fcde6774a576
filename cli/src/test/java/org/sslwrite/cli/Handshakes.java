package org.sslwrite.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import javax.net.ssl.SSLSocket;

/** Two clients that connect again and again, each time with a handshake and a request. */
final class Handshakes implements AutoCloseable {
    private static final int CLIENTS = 2;

    private record Attempt(long start, long end, boolean worked) {}

    private final int port;
    private final String request;
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    private volatile boolean closed;

    private Handshakes(int port, String path) {
        this.port = port;
        this.request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    }

    static Handshakes start(int port, String path) {
        Handshakes all = new Handshakes(port, path);
        for (int i = 0; i < CLIENTS; i++) {
            all.clients.add(
                    CompletableFuture.runAsync(
                            all::connectAgainAndAgain,
                            task -> Thread.ofPlatform().daemon().start(task)));
        }
        return all;
    }

    private void connectAgainAndAgain() {
        while (!closed) {
            long start = System.nanoTime();
            boolean worked = connect();
            synchronized (attempts) {
                attempts.add(new Attempt(start, System.nanoTime(), worked));
                attempts.notifyAll();
            }
        }
    }

    private boolean connect() {
        try (SSLSocket socket = Fixture.request(port, request)) {
            return Fixture.answer(socket).startsWith("HTTP/1.1 200 OK\r\n");
        } catch (IOException e) {
            return false;
        }
    }

    /** Seconds from then to the first that works and began later; infinite if none does. */
    double awaitSuccess(long since, Duration patience) throws InterruptedException {
        Attempt first = await(one -> one.worked && one.start - since >= 0, since, patience);
        return first == null ? Double.POSITIVE_INFINITY : (first.end - since) / 1e9;
    }

    /** Seconds that the first that failed took, of those that began later; 0 if none does. */
    double awaitFailure(long since, Duration patience) throws InterruptedException {
        Attempt first = await(one -> !one.worked && one.start - since >= 0, since, patience);
        return first == null ? 0 : (first.end - first.start) / 1e9;
    }

    /** Null if there is none in time. */
    private Attempt await(Predicate<Attempt> wanted, long since, Duration patience)
            throws InterruptedException {
        long end = since + patience.toNanos();
        synchronized (attempts) {
            while (true) {
                for (Attempt one : attempts) {
                    if (wanted.test(one)) {
                        return one;
                    }
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return null;
                }
                attempts.wait(left / 1_000_000 + 1);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        clients.forEach(CompletableFuture::join);
    }
}
