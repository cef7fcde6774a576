package org.sslwrite.bench.fork;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.CompilerHints;
import org.sslwrite.pkcs11.pin.Pin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A JVM that measures, seen from its parent. */
public final class Fork implements AutoCloseable {
    private static final int LAST_LINES = 8;
    private static final long PATIENCE_MS = 5_000;

    /** Of the stream to a process: BufferedOutputStream's own size. */
    private static final int BUFFER = 8192;

    private final Process process;
    private final Deque<String> lastErrors = new ArrayDeque<>();

    private Fork(Process process) {
        this.process = process;
    }

    /**
     * Starts one, with this JVM's own class path.
     *
     * @param environment what it needs besides this process's
     */
    public static Fork start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command());
        builder.environment().putAll(environment);
        return new Fork(builder.start());
    }

    /**
     * Finds out once for all what each must be told: JMH starts a JVM to learn what this one's
     * compiler takes, and does not bear an interrupt meanwhile.
     */
    public static void prepare() {
        CompilerHints.addCompilerHints(new ArrayList<>());
    }

    private static List<String> command() {
        List<String> options = new ArrayList<>();
        options.add("-XX:+IgnoreUnrecognizedVMOptions");
        options.add("-Xshare:auto");
        options.add("-Djmh.ignoreLock=true"); // of several runs at once the load tells
        CompilerHints.addCompilerHints(options);
        return Child.command(ForkMain.class, options);
    }

    /**
     * Has the order carried out.
     *
     * @param pin of the token; stays the caller's
     * @param limit after which it is ended by force
     * @param outcomes is told of each cell, on a thread of this object's
     * @throws ForkException if it has not come to its end
     */
    public void run(Order order, @Nullable Pin pin, Duration limit, Consumer<Outcome> outcomes)
            throws ForkException, IOException, InterruptedException {
        Thread out = reading(process.inputReader(), line -> tell(line, outcomes));
        Thread err = reading(process.errorReader(), this::keep);
        boolean ended;
        // The stream stays open meanwhile: its end is the parent's.
        OutputStream in = process.getOutputStream();
        try {
            send(in, order, pin);
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            close();
        }
        out.join(PATIENCE_MS);
        err.join(PATIENCE_MS);
        if (!ended) {
            throw new ForkException("no answer within " + limit.toSeconds() + " s");
        }
        int code = process.waitFor();
        if (code != 0) {
            throw new ForkException("its JVM ended with code " + code + lastWords());
        }
    }

    /** One that ends without reading has its reason, which its last words tell. */
    private static void send(OutputStream in, Order order, @Nullable Pin pin) {
        try {
            write(in, order, pin);
        } catch (IOException e) {
            return;
        }
    }

    private static void write(OutputStream in, Order order, @Nullable Pin pin) throws IOException {
        in.write(Protocol.line(order).getBytes(StandardCharsets.UTF_8));
        in.write('\n');
        if (pin != null) {
            byte[] utf8 = pin.utf8();
            try {
                in.write(utf8);
                in.write('\n');
                in.flush();
                in.write(new byte[BUFFER - 1]); // over the PIN in the stream's buffer
            } finally {
                Arrays.fill(utf8, (byte) 0);
            }
        }
        in.flush();
    }

    private static void tell(String line, Consumer<Outcome> outcomes) {
        Outcome outcome = Protocol.outcome(line);
        if (outcome != null) {
            outcomes.accept(outcome);
        }
    }

    private static Thread reading(BufferedReader reader, Consumer<String> lines) {
        Thread thread =
                new Thread(
                        () -> {
                            try (reader) {
                                reader.lines().forEach(lines);
                            } catch (IOException | UncheckedIOException e) {
                                // it was ended by force
                            }
                        },
                        "fork");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private synchronized void keep(String line) {
        lastErrors.add(line);
        if (lastErrors.size() > LAST_LINES) {
            lastErrors.remove();
        }
    }

    /** What looks most like a reason among its last words. */
    private synchronized String lastWords() {
        String last = "";
        for (String line : lastErrors) {
            if (!line.isBlank() && !line.startsWith("\tat ") && !line.startsWith("#")) {
                last = ": " + line.strip();
            }
        }
        return last;
    }

    /** Ends it by force, and waits for its end: until then its time is not this process's. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
