package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options for connections that a token has a part in. */
final class TokenUseOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description =
                    "token-only: application data is sealed by the token or not at all, the"
                            + " default with a token; token-strict: the records of TLS 1.3's"
                            + " handshake too, which are software's otherwise; token-preferred:"
                            + " software takes over when it fails; software: never the token,"
                            + " but for the key.")
    private @Nullable OffloadPolicy policy;

    @Option(
            names = "--key-in-token",
            description =
                    "Sign handshakes with a private key that never leaves the token: the one"
                            + " that the URI or file names, with the token's certificate or"
                            + " that of --cert. In a throw-away token keys are generated.")
    private boolean keyInToken;

    boolean keyInToken() {
        return keyInToken;
    }

    @Mixin private TokenOptions tokens;

    /** The token that is meant; null if none is. */
    @Nullable ChosenToken choose() throws CommandFailure {
        return tokens.choose();
    }

    /** The policy; a wrong command line if there is no token for it. */
    OffloadPolicy policy() {
        if (!tokens.isGiven() && (policy != null || keyInToken)) {
            throw new ParameterException(
                    command.commandLine(),
                    (keyInToken ? "--key-in-token" : "--policy") + " needs --token or --config");
        }
        if (policy != null) {
            return policy;
        }
        return !tokens.isGiven() ? OffloadPolicy.SOFTWARE : OffloadPolicy.TOKEN_ONLY;
    }
}
