package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.protocol.TlsVersion;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
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
            "With a throw-away token (--token softhsm or nss) it sends the file twice more with"
                    + " each version, and lets the token fail in the middle: once under"
                    + " token-preferred, once under token-only.",
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

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "The certificate chain for --key-in-token, PEM.")
    private @Nullable Path certificate;

    @Mixin private TlsOptions tls;
    @Mixin private TokenUseOptions tokenUse;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        Path source =
                file == null ? Path.of(System.getProperty("java.home"), "lib", "modules") : file;
        requireRegularFile(source);
        OffloadPolicy policy = tokenUse.policy();
        if (certificate != null && !tokenUse.keyInToken()) {
            throw new ParameterException(spec.commandLine(), "--cert needs --key-in-token");
        }
        try (ChosenToken token = tokenUse.choose()) {
            if (token != null && policy != OffloadPolicy.TOKEN_PREFERRED) {
                token.open();
            }
            // Of all versions, before anything is sent: what does not fit together is said at once.
            for (TlsVersion version : tls.versions()) {
                context(version, token, policy, identities(null));
            }
            String openssl = openssl();
            Sha256 expected = Sha256.of(source);
            List<TransferRow> rows = new ArrayList<>();
            for (TlsVersion version : tls.versions()) {
                TransferRow row = row(source, expected, version, token, policy, openssl);
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
    }

    private TransferRow row(
            Path source,
            Sha256 expected,
            TlsVersion version,
            @Nullable ChosenToken token,
            OffloadPolicy policy,
            @Nullable String openssl)
            throws CommandFailure, InterruptedException {
        List<TlsIdentity> identities = identities(token);
        SslContext context = context(version, token, policy, identities);
        return run(source, expected, context, identities, openssl)
                .row()
                .withFailures(failures(source, expected, version, token, openssl));
    }

    private List<TlsIdentity> identities(@Nullable ChosenToken token) throws CommandFailure {
        return token != null && tokenUse.keyInToken()
                ? token.identities("localhost", chain())
                : OwnIdentity.selfSigned("localhost");
    }

    private @Nullable List<X509Certificate> chain() throws CommandFailure {
        return certificate == null ? null : InputFiles.certificates(certificate);
    }

    private SslContext context(
            TlsVersion version,
            @Nullable ChosenToken token,
            OffloadPolicy policy,
            List<TlsIdentity> identities) {
        SslContext.Builder builder = tls.contextBuilder(version);
        identities.forEach(builder::identity);
        if (token != null) {
            builder.token(token.token(), policy);
        }
        return tls.build(builder);
    }

    private DemoRun run(
            Path source,
            Sha256 expected,
            SslContext context,
            List<TlsIdentity> identities,
            @Nullable String openssl) {
        return new DemoRun(source, expected, context, identities, tls.timeout, openssl, !json);
    }

    /** A throw-away token may be broken; one that belongs to somebody may not. */
    private List<FailureRow> failures(
            Path source,
            Sha256 expected,
            TlsVersion version,
            @Nullable ChosenToken token,
            @Nullable String openssl)
            throws CommandFailure, InterruptedException {
        List<FailureRow> rows = new ArrayList<>();
        if (token == null
                || !token.isThrowAway()
                || tokenUse.policy() == OffloadPolicy.SOFTWARE
                || !DemoRun.canBreak(source)) {
            return rows;
        }
        for (OffloadPolicy policy :
                List.of(OffloadPolicy.TOKEN_PREFERRED, OffloadPolicy.TOKEN_ONLY)) {
            // Anew each time: keys that live in a session do not survive.
            List<TlsIdentity> identities = identities(token);
            SslContext context = context(version, token, policy, identities);
            rows.add(
                    run(source, expected, context, identities, openssl)
                            .rowWithFailure(policy, token::breakSessions));
        }
        return rows;
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
            for (FailureRow failure : row.failures()) {
                if (!failure.asPromised()) {
                    throw new CommandFailure(
                            failure.protocol()
                                    + ": with "
                                    + failure.policyName()
                                    + " a token that failed had not the effect that it should");
                }
            }
        }
    }
}
