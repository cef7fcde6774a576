package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import java.time.Duration;

/** The options that say when new connections keep away from a token that fails. */
final class BreakerOptions {
    private static final int FAILURES = 3;
    private static final Duration PAUSE = Duration.ofSeconds(30);

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--breaker-failures",
            paramLabel = "N",
            description =
                    "With --policy token-preferred: after so many failures of the token in a row"
                            + " new connections are sealed by software at once; default: 3.")
    private @Nullable Integer failures;

    @Option(
            names = "--breaker-pause",
            paramLabel = "SECONDS",
            description = "How long they are, before one tries the token again; default: 30.")
    private @Nullable Duration pause;

    /** Sets the builder's; a wrong command line if there is nothing to set. */
    void apply(SslContext.Builder builder, OffloadPolicy policy) {
        if (failures == null && pause == null) {
            return;
        }
        String option = failures != null ? "--breaker-failures" : "--breaker-pause";
        if (policy != OffloadPolicy.TOKEN_PREFERRED) {
            throw new ParameterException(
                    command.commandLine(), option + " needs --policy token-preferred");
        }
        if (failures != null && failures < 1) {
            throw new ParameterException(
                    command.commandLine(), "--breaker-failures " + failures + " is less than 1");
        }
        builder.breaker(failures == null ? FAILURES : failures, pause == null ? PAUSE : pause);
    }
}
