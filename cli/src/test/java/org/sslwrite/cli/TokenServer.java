package org.sslwrite.cli;

import org.junit.jupiter.api.Assumptions;
import org.sslwrite.softhsm.SoftwareToken;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A token whose PKCS#11 module is the client of another process, which can be killed and started
 * again: real programs, as an ordinary user's, with sockets of their own.
 */
abstract class TokenServer implements AutoCloseable {
    /** The tokens that there are. */
    enum Kind {
        /** SoftHSM behind {@code p11-kit server}. */
        P11_KIT,
        /** The TPM of swtpm behind the resource manager tpm2-abrmd. */
        TPM
    }

    final Path folder;
    final Map<String, String> environment = new HashMap<>();
    private final List<Process> lasting = new ArrayList<>();
    private Process server;

    private TokenServer(Path folder) {
        this.folder = folder;
    }

    /** One that runs. Skips the test, with a reason, where something is missing. */
    static TokenServer start(Kind kind, Path folder) throws IOException, InterruptedException {
        TokenServer made = kind == Kind.P11_KIT ? new P11Kit(folder) : new Tpm(folder);
        boolean runs = false;
        try {
            made.prepare();
            made.restart();
            runs = true;
            return made;
        } finally {
            if (!runs) {
                made.close();
            }
        }
    }

    /** The client's PKCS#11 module. */
    abstract Path module();

    /** The module with which the token is made; makes the token if it isn't there. */
    abstract Path moduleOfOwner();

    abstract void prepare() throws IOException, InterruptedException;

    abstract ProcessBuilder command();

    /** Whether somebody answers at the server's address, as far as that can be seen from here. */
    abstract boolean isReady();

    /** What a client of the token needs in its environment. */
    Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** Starts the server, and waits until it answers. */
    final void restart() throws IOException {
        server = quiet(command());
        Await.until("the token's server answers", this::isReady);
    }

    /** Ends the server, and what it has started, as a crash does. */
    final void kill() {
        if (server != null) {
            List<ProcessHandle> all = new ArrayList<>(server.descendants().toList());
            server.destroyForcibly().onExit().join();
            all.forEach(ProcessHandle::destroyForcibly);
            Await.until(
                    "the token's server ended",
                    () -> all.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    final Process quiet(ProcessBuilder builder) throws IOException {
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Ended with the test. */
    final void keep(Process process) {
        lasting.add(process);
    }

    @Override
    public void close() {
        kill();
        for (Process each : lasting) {
            each.destroyForcibly().onExit().join();
        }
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    /** As D-Bus has it, and p11-kit: everything but a few characters is escaped. */
    private static String address(Path socket) {
        StringBuilder address = new StringBuilder("unix:path=");
        for (byte b : socket.toString().getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain = b == '/' || b == '.' || b == '-' || b == '_';
            if (isPlain || b > 0 && Character.isLetterOrDigit(b)) {
                address.append((char) b);
            } else {
                address.append(String.format("%%%02x", b & 0xff));
            }
        }
        return address.toString();
    }

    /** Each client has a process of SoftHSM of its own. */
    private static final class P11Kit extends TokenServer {
        private final String program = Programs.find("p11-kit");
        private final Path module = Programs.library("p11-kit-modules", "pkcs11/p11-kit-client.so");
        private final Path softhsm;
        private final Path socket;

        P11Kit(Path folder) throws IOException {
            super(folder);
            String reason = SoftwareToken.reasonAgainst(SoftwareToken.Kind.SOFTHSM);
            Assumptions.assumeTrue(reason == null, reason);
            softhsm = Programs.library("SoftHSM2", "softhsm/libsofthsm2.so");
            socket = folder.resolve("p11-kit");
        }

        @Override
        Path module() {
            return module;
        }

        @Override
        Path moduleOfOwner() {
            return softhsm;
        }

        @Override
        void prepare() throws IOException {
            Path tokens = Files.createDirectory(folder.resolve("tokens"));
            Path configuration =
                    Files.writeString(
                            folder.resolve("softhsm2.conf"),
                            "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
            environment.put("SOFTHSM2_CONF", configuration.toString());
            environment.put("P11_KIT_SERVER_ADDRESS", address(socket));
            environment.put("XDG_RUNTIME_DIR", folder.toString());
        }

        @Override
        ProcessBuilder command() {
            return new ProcessBuilder(
                    program,
                    "server",
                    "--foreground",
                    "--name",
                    socket.toString(),
                    "--provider",
                    softhsm.toString(),
                    "pkcs11:token=" + TokenSetup.LABEL);
        }

        @Override
        boolean isReady() {
            return answers(socket);
        }
    }

    /** With a D-Bus of its own, on which the resource manager is found. */
    private static final class Tpm extends TokenServer {
        private static final int TRIES = 10;

        private final String swtpm = Programs.find("swtpm");
        private final String dbus = Programs.find("dbus-daemon");
        private final String abrmd = Programs.find("tpm2-abrmd");
        private final Path module = Programs.library("tpm2-pkcs11", "pkcs11/libtpm2_pkcs11.so");
        private final Path bus;
        private int port;

        Tpm(Path folder) throws IOException {
            super(folder);
            Programs.library("tcti-tabrmd", "libtss2-tcti-tabrmd.so*");
            bus = folder.resolve("bus");
        }

        @Override
        Path module() {
            return module;
        }

        @Override
        Path moduleOfOwner() {
            return module;
        }

        @Override
        void prepare() throws IOException, InterruptedException {
            environment.put("DBUS_SESSION_BUS_ADDRESS", address(bus));
            environment.put("TPM2_PKCS11_TCTI", "tabrmd:bus_type=session");
            environment.put(
                    "TPM2_PKCS11_STORE", Files.createDirectory(folder.resolve("store")).toString());
            environment.put("TSS2_LOG", "all+none");
            Path state = Files.createDirectory(folder.resolve("tpm"));
            startTpm(state);
            keep(
                    quiet(
                            new ProcessBuilder(
                                    dbus, "--session", "--nofork", "--address=" + address(bus))));
            Await.until("the D-Bus answers", () -> answers(bus));
        }

        /** Another process may take the ports before it does. */
        private void startTpm(Path state) throws IOException, InterruptedException {
            for (int i = 0; i < TRIES; i++) {
                port = twoFreePorts();
                Process process =
                        quiet(
                                new ProcessBuilder(
                                        swtpm,
                                        "socket",
                                        "--tpm2",
                                        "--tpmstate",
                                        "dir=" + state,
                                        "--server",
                                        "type=tcp,bindaddr=127.0.0.1,port=" + port,
                                        "--ctrl",
                                        "type=tcp,bindaddr=127.0.0.1,port=" + (port + 1),
                                        "--flags",
                                        "not-need-init,startup-clear"));
                Await.until(
                        "swtpm listens, or has ended",
                        () -> !process.isAlive() || listens(port + 1));
                if (process.isAlive()) {
                    keep(process);
                    return;
                }
            }
            throw new IOException("swtpm does not start");
        }

        private static int twoFreePorts() throws IOException {
            InetAddress loopback = InetAddress.getByName("127.0.0.1");
            while (true) {
                try (ServerSocket first = new ServerSocket(0, 1, loopback);
                        ServerSocket second =
                                new ServerSocket(first.getLocalPort() + 1, 1, loopback)) {
                    return Math.min(first.getLocalPort(), second.getLocalPort());
                } catch (BindException e) {
                    continue;
                }
            }
        }

        private static boolean listens(int port) {
            try (SocketChannel _ = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        ProcessBuilder command() {
            return new ProcessBuilder(
                    abrmd,
                    "--session",
                    "--allow-root",
                    "--flush-all",
                    "--tcti=swtpm:host=127.0.0.1,port=" + port);
        }

        /** It is known to its D-Bus only. */
        @Override
        boolean isReady() {
            return true;
        }
    }
}
