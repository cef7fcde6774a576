package org.sslwrite.interop;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A TLS program: how it is started, and where it shows what it received. */
public sealed interface Tool permits OpensslClient, OpensslServer, GnutlsClient, GnutlsServer {
    /** Our server's peers. */
    List<Tool> CLIENTS = List.of(new OpensslClient(), new GnutlsClient());

    /** Our client's peers. */
    List<Tool> SERVERS = List.of(new OpensslServer(), new GnutlsServer());

    /** All of them. */
    List<Tool> ALL = concat(CLIENTS, SERVERS);

    private static List<Tool> concat(List<Tool> first, List<Tool> second) {
        List<Tool> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    /** The name as it stands in a row: {@code openssl s_client}. */
    String label();

    /** The executable's name. */
    String program();

    /** Why it cannot be run, for a person; null if it can. */
    default @Nullable String missing() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program())))
                ? null
                : program() + " is not installed";
    }

    /** Whether it is the server of the connection, and we the client. */
    boolean isServer();

    /**
     * The command line.
     *
     * @param port where to listen, or to connect to; always on 127.0.0.1
     * @param trace a file for what happens on the wire
     */
    List<String> command(PeerSetup setup, int port, Path trace);

    /** Whether all that it sends is what it received: a line, once it is complete. */
    default boolean echoes() {
        return false;
    }

    /** Whether it answers our close_notify; one that does not must be the first to close. */
    default boolean answersCloseNotify() {
        return true;
    }

    /** Whether its process ends with the connection. */
    default boolean endsWithConnection() {
        return true;
    }

    /** The application data that it received. */
    default byte[] received(Peer peer) throws IOException {
        return Files.readAllBytes(peer.output());
    }

    /** The alerts that it received, in order. */
    List<Alert> alerts(Peer peer) throws IOException;
}
