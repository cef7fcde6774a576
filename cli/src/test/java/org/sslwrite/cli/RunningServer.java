package org.sslwrite.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code sslwrite serve --json} on a thread of this process, stopped by an interrupt. */
final class RunningServer implements AutoCloseable {
    private final StringWriter out = new StringWriter();
    private final WatchedWriter err = new WatchedWriter();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final Thread thread;
    private final int port;

    private RunningServer(String[] args) throws InterruptedException {
        this.thread =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        exit.complete(
                                                Cli.command(
                                                                new PrintWriter(out),
                                                                new PrintWriter(err))
                                                        .execute(args)));
        this.port = Integer.parseInt(err.await("listening on https://localhost:(\\d+)/").group(1));
    }

    static RunningServer serve(Path folder, Object... options) throws InterruptedException {
        List<Object> args = new ArrayList<>(List.of("serve", "--port", 0, "--json", folder));
        args.addAll(List.of(options));
        return new RunningServer(Cli.strings(args.toArray()));
    }

    int port() {
        return port;
    }

    String url(String path) {
        return "https://localhost:" + port + path;
    }

    /** What it logs. */
    WatchedWriter log() {
        return err;
    }

    /** Stops it; what it printed on standard output, which is its statistics. */
    String stop() {
        thread.interrupt();
        if (exit.join() != 0) {
            throw new AssertionError("serve ended with " + exit.join() + ": " + err);
        }
        return out.toString();
    }

    @Override
    public void close() {
        stop();
    }
}
