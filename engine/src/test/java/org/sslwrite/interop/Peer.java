package org.sslwrite.interop;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The process at the other end of one connection. Its output goes to files, so it never waits for
 * us to read. It is killed by {@link #close}, and by whatever deadline is set to call {@link
 * #kill}.
 */
public final class Peer implements AutoCloseable {
    /** Between two looks at whether it is ready. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    /** Lines of each file that a report shows. */
    private static final int LAST_LINES = 40;

    private static final int LAST_PORT = 32_000;

    /** Below the range from which the system gives ports away, and apart from another run's. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(20_000 + (int) (ProcessHandle.current().pid() % 12) * 1000);

    /** To be killed when this virtual machine is told to end in the middle of a row. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final Tool tool;
    private final Path folder;
    private final int port;
    private final @Nullable ServerSocketChannel listener;
    private final List<String> command;
    private final Process process;
    private @Nullable Thread feeder;
    private volatile @Nullable IOException inputFailure;

    private Peer(Tool tool, PeerSetup setup, Path parent) throws IOException {
        this.tool = tool;
        this.folder = Files.createTempDirectory(parent, "peer");
        this.listener = tool.isServer() ? null : listen();
        this.port = listener == null ? freePort() : listener.socket().getLocalPort();
        this.command = tool.command(setup, port, trace());
        try {
            this.process =
                    new ProcessBuilder(command)
                            .redirectOutput(output().toFile())
                            .redirectError(errors().toFile())
                            .start();
        } catch (IOException e) {
            closeListener();
            throw e;
        }
        RUNNING.add(process);
    }

    public static Peer start(Tool tool, PeerSetup setup, Path parent) throws IOException {
        return new Peer(tool, setup, parent);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(loopback(), 0));
    }

    /**
     * Neither server can be asked for a port that the system has given it. The probe does not
     * listen: a process that is started at this moment may hold it open for longer than we do.
     */
    private static int freePort() throws IOException {
        while (true) {
            int candidate = NEXT_PORT.getAndIncrement();
            try (Socket probe = new Socket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(loopback(), candidate));
                return candidate;
            } catch (BindException e) {
                if (candidate > LAST_PORT) {
                    throw e;
                }
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where it listens, or we do. */
    int port() {
        return port;
    }

    /** Accepts its connection, or connects to it as soon as it listens. */
    public SocketChannel connection() throws IOException {
        if (listener != null) {
            return listener.accept();
        }
        while (true) {
            try {
                return SocketChannel.open(new InetSocketAddress(loopback(), port));
            } catch (ConnectException e) {
                if (!process.isAlive()) {
                    throw new IOException(tool.label() + " has ended before it listened", e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Gives it bytes to send, and does not wait until it has taken them. */
    public void send(byte[] bytes) throws InterruptedException {
        awaitInput();
        OutputStream input = process.getOutputStream();
        feeder =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                input.write(bytes);
                                input.flush();
                            } catch (IOException e) {
                                inputFailure = e;
                            }
                        });
    }

    /** Ends its standard input, once it has taken all that it was given. */
    public void endInput() throws IOException, InterruptedException {
        awaitInput();
        process.getOutputStream().close();
    }

    private void awaitInput() throws InterruptedException {
        Thread current = feeder;
        if (current != null) {
            current.join();
        }
    }

    /** Waits until what it shows is complete; to be called when the connection is over. */
    public void awaitEnd() throws InterruptedException {
        if (tool.endsWithConnection()) {
            process.waitFor();
        }
    }

    /** The exit code; of a tool that goes on listening, 0. */
    public int exitCode() {
        return tool.endsWithConnection() ? process.exitValue() : 0;
    }

    Path output() {
        return folder.resolve("output");
    }

    Path errors() {
        return folder.resolve("errors");
    }

    Path trace() {
        return folder.resolve("trace");
    }

    /** The application data that it received. */
    public byte[] received() throws IOException {
        return tool.received(this);
    }

    /** The alerts that it received, in order. */
    public List<Alert> alerts() throws IOException {
        return tool.alerts(this);
    }

    /** All that it has written, whatever the place. */
    public String words() throws IOException {
        StringBuilder words = new StringBuilder();
        for (Path file : List.of(output(), errors(), trace())) {
            if (Files.exists(file)) {
                words.append(Files.readString(file, StandardCharsets.ISO_8859_1)).append('\n');
            }
        }
        return words.toString();
    }

    /** How often it has written these words. */
    public int count(String text) throws IOException {
        String words = words();
        int count = 0;
        for (int i = words.indexOf(text); i >= 0; i = words.indexOf(text, i + 1)) {
            count++;
        }
        return count;
    }

    /** Waits until it has written these words; for what it does without a word to us. */
    public void awaitWords(String text) throws IOException {
        while (!words().contains(text)) {
            if (!process.isAlive()) {
                throw new IOException(tool.label() + " has ended without \"" + text + "\"");
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Ends it, and whoever waits for it, at once. */
    public void kill() {
        process.destroyForcibly();
        closeListener();
    }

    private void closeListener() {
        try {
            if (listener != null) {
                listener.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a person needs to know of it after a failure. */
    public String report() {
        StringBuilder report = new StringBuilder(String.join(" ", command));
        report.append("\n  ")
                .append(process.isAlive() ? "runs" : "ended with exit code " + process.exitValue());
        if (inputFailure != null) {
            report.append("\n  did not take its input: ").append(inputFailure);
        }
        for (Path file : List.of(output(), errors(), trace())) {
            report.append("\n  ").append(file.getFileName()).append(":").append(end(file));
        }
        return report.toString();
    }

    private static String end(Path file) {
        Deque<String> last = new ArrayDeque<>();
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            lines.forEach(
                    line -> {
                        last.add(line.substring(0, Math.min(200, line.length())));
                        if (last.size() > LAST_LINES) {
                            last.removeFirst();
                        }
                    });
        } catch (IOException e) {
            return " " + e;
        }
        return last.isEmpty() ? " nothing" : "\n    " + String.join("\n    ", last);
    }

    @Override
    public void close() throws IOException {
        kill();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                awaitInput();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        RUNNING.remove(process);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Path file : List.of(output(), errors(), trace(), folder)) {
            Files.deleteIfExists(file);
        }
    }
}
