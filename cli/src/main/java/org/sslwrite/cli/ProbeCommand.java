package org.sslwrite.cli;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.probe.Probe;
import org.sslwrite.probe.ProbeReport;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.time.Duration;
import java.util.concurrent.Callable;

/** {@code sslwrite probe}: what a token can really do. */
@Command(
        name = "probe",
        sortOptions = false,
        header = "Find out by trying what a PKCS#11 token can do for TLS.",
        description = {
            "",
            "Puts throw-away keys into the token, has it compute, and compares with the JDK: a list"
                + " of mechanisms proves nothing. Says which TLS suites can be offloaded, which not"
                + " and why, how long an operation takes, and which configuration to use. Leaves"
                + " nothing in the token. Takes some seconds.",
            ""
        },
        footer = {"", "Example:", "  sslwrite probe --token softhsm"})
final class ProbeCommand implements Callable<Integer> {
    /** More than any token needs that answers at all. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Spec private CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print one JSON object on standard output, and nothing else there.")
    private boolean json;

    @Mixin private TokenOptions tokens;
    @Mixin private HelpOptions help;

    @Override
    public Integer call() throws CommandFailure {
        try (ChosenToken token = tokens.choose()) {
            if (token == null) {
                throw new ParameterException(
                        spec.commandLine(), "which token? --token or --config says it");
            }
            // On a thread that is left behind if the token hangs.
            ProbeReport report =
                    Deadline.call(LIMIT, token + ": probing", () -> Probe.run(token.config()));
            StandardOutput.print(
                    spec.commandLine().getOut(), json ? report.toJson() : report.toText());
            return 0;
        } catch (TokenException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }
}
