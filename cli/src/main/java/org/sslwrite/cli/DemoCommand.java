package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.Identity;
import org.sslwrite.SslContext;
import org.sslwrite.seal.TlsVersion;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code sslwrite demo}: one real file goes through {@code Ssl.write} to a real peer, once with
 * each protocol version.
 */
@Command(
        name = "demo",
        sortOptions = false,
        header = "Push a file through SSL_write to a real peer on this machine, and compare.",
        description = {
            "",
            "Pushes a file through SSL_write to a TLS client on this machine and compares the"
                + " SHA-256 of what arrives; once with each protocol version. The time is from the"
                + " first write until the last byte has arrived.",
            ""
        },
        footer = {"", "Exit code 1 if anything differs or fails."})
final class DemoCommand implements Callable<Integer> {
    /** Who receives. */
    enum PeerKind {
        AUTO,
        OPENSSL,
        SELF
    }

    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description =
                    "What to send; default: lib/modules of the JDK that runs this, over 100 MB.")
    private @Nullable Path file;

    @Option(
            names = "--peer",
            paramLabel = "PEER",
            description =
                    "Who receives: openssl (s_client), self (our own client), or auto: openssl"
                            + " where installed, the default.")
    private PeerKind peer = PeerKind.AUTO;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object a line on standard output, and nothing else there.")
    private boolean json;

    @Mixin private TlsOptions tls;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Path source =
                file == null ? Path.of(System.getProperty("java.home"), "lib", "modules") : file;
        requireRegularFile(source);
        List<Identity> identities = OwnIdentity.selfSigned("localhost");
        List<SslContext> contexts = new ArrayList<>();
        for (TlsVersion version : tls.versions()) {
            SslContext.Builder builder = tls.contextBuilder(version);
            identities.forEach(builder::identity);
            contexts.add(tls.build(builder));
        }
        String openssl = openssl();
        Sha256 expected = Sha256.of(source);

        List<TransferRow> rows = new ArrayList<>();
        for (SslContext context : contexts) {
            DemoRun run =
                    new DemoRun(source, expected, context, identities, tls.timeout, openssl, !json);
            TransferRow row = run.row();
            rows.add(row);
            if (json) {
                StandardOutput.print(spec.commandLine().getOut(), row.toJson());
            }
        }
        if (!json) {
            StandardOutput.print(spec.commandLine().getOut(), ResultTable.of(rows));
        }
        requireEqual(source, rows);
        return 0;
    }

    private static void requireRegularFile(Path source) throws CommandFailure {
        try (FileSource opened = FileSource.open(source)) {
            if (opened.size() == FileSource.UNKNOWN) {
                throw new CommandFailure(
                        source + ": is no regular file; the demo reads its file more than once");
            }
        }
    }

    private @Nullable String openssl() throws CommandFailure, InterruptedException {
        String installed = peer == PeerKind.SELF ? null : OpensslPeer.installed();
        if (installed == null && peer == PeerKind.OPENSSL) {
            throw new CommandFailure("openssl is not installed; install it, or use --peer self");
        }
        return installed;
    }

    private static void requireEqual(Path source, List<TransferRow> rows) throws CommandFailure {
        for (TransferRow row : rows) {
            if (!Boolean.TRUE.equals(row.sha256Equal())) {
                throw new CommandFailure(
                        row.peer()
                                + " received something else than "
                                + source
                                + " over "
                                + row.protocol()
                                + ", "
                                + row.suite());
            }
        }
    }
}
