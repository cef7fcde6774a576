package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code sslwrite send}: the client's role. */
@Command(
        name = "send",
        sortOptions = false,
        header = "Send a file to a TLS server.",
        description = {
            "",
            "Connects to a TLS server, sends a file through SSL_write, closes properly, and waits"
                    + " for the server to close as well. The first line of what it answers is shown"
                    + " on standard error. The time is from the first write until the last byte was"
                    + " handed to the system.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  openssl s_server -accept 4433 -cert c.pem -key k.pem -quiet > received",
            "  sslwrite send FILE localhost:4433 --ca c.pem"
        })
final class SendCommand implements Callable<Integer> {
    private static final int NANOS = 1_000_000_000;

    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "What to send; - is standard input.")
    private Path file = Path.of("-");

    @Parameters(
            index = "1",
            paramLabel = "HOST:PORT",
            description = "Where to; an IPv6 address as in [::1]:443.")
    private HostPort server = new HostPort("localhost", 1);

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "PEM file with the certificates to trust; default: what this Java platform"
                            + " trusts.")
    private @Nullable Path ca;

    @Option(
            names = "--name",
            converter = Converters.Host.class,
            paramLabel = "NAME",
            description = "The server's name, in SNI and certificate; default: HOST.")
    private @Nullable String name;

    @Option(
            names = "--insecure",
            description = "Trust any certificate with any name: anyone can read what is sent.")
    private boolean insecure;

    @Option(
            names = "--alpn",
            split = ",",
            paramLabel = "PROTOCOL",
            description = "Application protocols to offer.")
    private List<String> alpn = List.of();

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output, and nothing else there.")
    private boolean json;

    @Mixin private ConnectionOptions connections;

    @Override
    public Integer call() throws CommandFailure {
        try (ChosenToken token = connections.openToken()) {
            return send(context(token));
        }
    }

    private int send(SslContext context) throws CommandFailure {
        if (insecure) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "sslwrite: WARNING: --insecure: the server's certificate is not"
                                    + " checked; "
                                    + server
                                    + " may be anyone, and can read all that is sent");
            spec.commandLine().getErr().flush();
        }
        try (FileSource source = FileSource.open(file);
                SocketChannel channel = Sockets.connect(server, connections.tls.timeout);
                TlsConnection connection =
                        TlsConnection.toServer(
                                context,
                                channel,
                                connections.tls.timeout,
                                name == null ? server.host() : name,
                                server.toString())) {
            connection.handshake();
            connection.endOfOpening();
            connection.readWhileWriting(channel);
            long start = System.nanoTime();
            send(source, connection);
            long end = System.nanoTime();
            connection.sendCloseNotify();
            connection.awaitClose();
            tell(connection.answer());
            print(
                    TransferRow.of(
                            server.toString(), connection, (double) (end - start) / NANOS, null));
            return 0;
        } catch (TlsFailure e) {
            throw new CommandFailure(e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandFailure(server + ": " + e.getMessage(), e);
        }
    }

    private SslContext context(@Nullable ChosenToken token) throws CommandFailure {
        SslContext.Builder builder = connections.contextBuilder(token);
        if (insecure && ca != null) {
            throw new ParameterException(spec.commandLine(), "--insecure goes without --ca");
        }
        if (insecure) {
            builder.trustAnyone().verifyHost(false);
        } else if (ca != null) {
            builder.trust(InputFiles.certificates(ca));
        }
        for (TlsIdentity own : connections.identities(token, server.host())) {
            builder.identity(own);
        }
        if (!alpn.isEmpty()) {
            builder.alpn(alpn);
        }
        return connections.tls.build(builder);
    }

    private void send(FileSource source, TlsConnection connection)
            throws CommandFailure, TlsFailure {
        String title = connection.session().version().toString();
        try (TransferProgress bar = TransferProgress.show(!json, title, source.size())) {
            Transfer.send(source, connection, Transfer.LARGE_PIECE, bar::sent);
        }
    }

    private void tell(Answer answer) {
        if (!answer.isEmpty()) {
            spec.commandLine().getErr().println("sslwrite: " + server + " answered " + answer);
            spec.commandLine().getErr().flush();
        }
    }

    private void print(TransferRow row) throws CommandFailure {
        if (json) {
            StandardOutput.print(spec.commandLine().getOut(), row.toJson());
        } else {
            StandardOutput.print(spec.commandLine().getOut(), ResultTable.of(List.of(row)));
        }
    }
}
