package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code openssl s_client} as a child process; its standard output is what it received. */
final class OpensslPeer implements DemoPeer {
    private static final String PROGRAM = "openssl";

    /** How the name begins of one that is OpenSSL's, and not LibreSSL's. */
    private static final String OPENSSL = "openssl ";

    /** How long it may take to end, and to say why, once its connection is closed. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final String name;
    private final Duration timeout;
    private final Process process;
    private final AtExit stop;
    private final CompletableFuture<Sha256Sink.Received> received = new CompletableFuture<>();
    private final CompletableFuture<String> errors = new CompletableFuture<>();

    private OpensslPeer(String name, Duration timeout, Process process) {
        this.name = name;
        this.timeout = timeout;
        this.process = process;
        this.stop = AtExit.run(process::destroyForcibly);
        Thread.ofPlatform()
                .daemon()
                .name("openssl output")
                .start(() -> complete(received, this::hashOutput));
        Thread.ofPlatform()
                .daemon()
                .name("openssl errors")
                .start(() -> complete(errors, this::readErrors));
    }

    /**
     * The installed openssl as this command calls it, as in {@code openssl 3.0.19}; null if there
     * is none.
     */
    static @Nullable String installed() throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(PROGRAM, "version").redirectErrorStream(true).start();
            process.getOutputStream().close();
            String answer =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                return null;
            }
            String[] words = answer.strip().split("\\s+");
            String version = words.length > 1 ? words[1] : "";
            return (words[0].equals("OpenSSL") ? OPENSSL : "openssl (" + words[0] + ") ") + version;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Starts it.
     *
     * @param name what {@link #installed} said
     * @param authority PEM file with the certificates it is to trust, and no others
     * @param host what the server's certificate must stand for; null for anything
     */
    static OpensslPeer connect(
            String name,
            int port,
            TlsVersion version,
            Path authority,
            @Nullable CertificateHost host,
            Duration timeout)
            throws CommandFailure {
        List<String> command = new ArrayList<>(List.of(PROGRAM, "s_client"));
        command.addAll(List.of("-connect", ADDRESS + ":" + port));
        if (host != null && !host.isAddress()) {
            command.addAll(List.of("-servername", host.name()));
        }
        command.addAll(List.of("-CAfile", authority.toString(), "-verify_return_error"));
        if (isOpenSsl(name)) {
            // It trusts the server's certificate itself, whoever has issued it.
            command.addAll(List.of("-no-CApath", "-partial_chain"));
            if (host != null) {
                command.addAll(
                        List.of(host.isAddress() ? "-verify_ip" : "-verify_hostname", host.name()));
            }
        }
        command.add(version == TlsVersion.TLSV1_3 ? "-tls1_3" : "-tls1_2");
        command.add("-quiet"); // nothing but the data on standard output, and no end when standard
        // input ends
        try {
            return new OpensslPeer(name, timeout, new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new CommandFailure("cannot start openssl s_client: " + e.getMessage(), e);
        }
    }

    /** LibreSSL's command has the same name, and fewer options. */
    private static boolean isOpenSsl(String name) {
        return name.startsWith(OPENSSL) && !name.startsWith(OPENSSL + "(");
    }

    private interface Work<T> {
        T result() throws IOException;
    }

    private static <T> void complete(CompletableFuture<T> future, Work<T> work) {
        try {
            future.complete(work.result());
        } catch (IOException | RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    private Sha256Sink.Received hashOutput() throws IOException {
        Sha256Sink sink = new Sha256Sink();
        byte[] piece = new byte[64 * 1024];
        InputStream output = process.getInputStream();
        for (int n = output.read(piece); n >= 0; n = output.read(piece)) {
            sink.accept(ByteBuffer.wrap(piece, 0, n));
        }
        return sink.received();
    }

    private String readErrors() throws IOException {
        String text = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        // It also tells, certificate by certificate, what it has verified.
        return text.lines()
                .filter(line -> !line.startsWith("depth=") && !line.equals("verify return:1"))
                .reduce((first, second) -> first + " / " + second)
                .orElse("");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Sha256Sink.Received await() throws CommandFailure, InterruptedException {
        try {
            Sha256Sink.Received all = received.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
            if (process.exitValue() != 0) {
                String complaint = complaint();
                throw new CommandFailure(
                        "openssl s_client ended with exit code "
                                + process.exitValue()
                                + (complaint == null ? ", saying nothing" : ": " + complaint));
            }
            return all;
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    "openssl s_client has not ended "
                            + timeout.toSeconds()
                            + " s after close_notify",
                    e);
        } catch (ExecutionException e) {
            throw new CommandFailure("cannot read from openssl s_client: " + e.getCause(), e);
        }
    }

    @Override
    public Sha256Sink.Received awaitBroken() throws CommandFailure, InterruptedException {
        try {
            return received.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    "openssl s_client has not ended, though its connection has", e);
        } catch (ExecutionException e) {
            throw new CommandFailure("cannot read from openssl s_client: " + e.getCause(), e);
        }
    }

    @Override
    public void onEarlyEnd(Runnable action) {
        process.onExit().thenRun(action);
    }

    @Override
    public @Nullable String complaint() {
        try {
            if (!process.waitFor(LAST_WORDS.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroy();
            }
            String text = errors.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return text.isEmpty() ? null : text;
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    @Override
    public void close() {
        stop.close();
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // it had read none of it, and has gone
        }
    }
}
