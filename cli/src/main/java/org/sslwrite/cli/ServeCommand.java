package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.ClientAuth;
import org.sslwrite.SslContext;
import org.sslwrite.SslContextStatistics;
import org.sslwrite.TlsIdentity;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code sslwrite serve}: a folder over HTTPS. */
@Command(
        name = "serve",
        sortOptions = false,
        header = "Serve the files of a folder over HTTPS.",
        description = {
            "",
            "Answers GET and HEAD, as openssl s_server -WWW does, over HTTP/1.1 and 1.0; for a"
                    + " folder with its index.html, or a list of its files. Makes its own"
                    + " certificate if it is given none. Runs until it is stopped (Ctrl-C), then"
                    + " says what it has done.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  sslwrite serve --port 4433 .",
            "  curl -k https://localhost:4433/README.md"
        })
final class ServeCommand implements Callable<Integer> {
    private static final int LARGEST_PORT = 65_535;

    @Spec private CommandSpec spec;

    @ParentCommand private Main main;

    @Parameters(paramLabel = "DIR", description = "The folder.")
    private Path folder;

    @Option(
            names = "--port",
            required = true,
            paramLabel = "PORT",
            description = "Where to listen; 0 takes any free port.")
    private int port;

    @Option(
            names = "--host",
            converter = Converters.Host.class,
            paramLabel = "NAME",
            description =
                    "Name or address to listen at; default: localhost, which is 127.0.0.1 and ::1."
                            + " 0.0.0.0 is every address of the machine.")
    private String host = "localhost";

    @Option(
            names = "--client-ca",
            paramLabel = "FILE",
            description =
                    "Refuse clients without a certificate that one of those in this PEM file has"
                            + " signed.")
    private @Nullable Path clientCa;

    @Option(
            names = "--alpn",
            split = ",",
            paramLabel = "PROTOCOL",
            description = "Application protocols to agree on; default: http/1.1,http/1.0.")
    private List<String> alpn = List.of("http/1.1", "http/1.0");

    @Option(
            names = "--json",
            description =
                    "At the end, print the statistics as one JSON object on standard output, and"
                            + " nothing else there.")
    private boolean json;

    @Mixin private ServeLimits limits;
    @Mixin private ConnectionOptions connections;

    @Override
    public Integer call() throws CommandFailure {
        if (port < 0 || port > LARGEST_PORT) {
            throw new ParameterException(
                    spec.commandLine(), "--port " + port + " is not in 0.." + LARGEST_PORT);
        }
        limits.check();
        DocumentRoot root = DocumentRoot.of(folder);
        try (ChosenToken token = connections.openToken()) {
            SslContext context = context(token);
            ServerLog log = new ServerLog(spec.commandLine().getErr(), main.verbose());
            List<ServerSocketChannel> listeners = Sockets.listen(host, port);
            try (FileServer server =
                            new FileServer(
                                    listeners,
                                    context,
                                    root,
                                    connections.tls.timeout,
                                    limits,
                                    log);
                    AtExit _ = AtExit.run(() -> end(server, context))) {
                announce(server.port(), root);
                server.run();
                return 0;
            } catch (IOException e) {
                throw new CommandFailure("cannot listen: " + e.getMessage(), e);
            }
        }
    }

    private SslContext context(@Nullable ChosenToken token) throws CommandFailure {
        SslContext.Builder builder = connections.contextBuilder(token).alpn(alpn);
        if (clientCa != null) {
            builder.trust(InputFiles.certificates(clientCa)).clientAuth(ClientAuth.REQUIRED);
        }
        List<TlsIdentity> given = connections.identities(token, certificateName());
        List<TlsIdentity> own = given.isEmpty() ? OwnIdentity.selfSigned(certificateName()) : given;
        own.forEach(builder::identity);
        return connections.tls.build(builder);
    }

    private String certificateName() {
        return host.equals("0.0.0.0")
                        || host.equals("::")
                        || host.equals("127.0.0.1")
                        || host.equals("::1")
                ? "localhost"
                : host;
    }

    private void announce(int actualPort, DocumentRoot root) throws CommandFailure {
        String address = new HostPort(host, actualPort).toString();
        String line = "listening on https://" + address + "/ with the files of " + root;
        if (json) {
            PrintWriter err = spec.commandLine().getErr();
            err.println(line);
            err.flush();
        } else {
            StandardOutput.print(spec.commandLine().getOut(), line);
        }
    }

    private void end(FileServer server, SslContext context) {
        server.close();
        PrintWriter out = spec.commandLine().getOut();
        ServerStatistics statistics = server.statistics();
        SslContextStatistics engines = context.statistics();
        if (json) {
            out.println(statistics.toJson(engines));
        } else {
            out.println(statistics);
            EngineReport.of(engines).forEach(out::println);
        }
        out.flush();
    }
}
