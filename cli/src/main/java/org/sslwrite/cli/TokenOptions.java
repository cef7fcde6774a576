package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.softhsm.SoftwareToken;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import java.nio.file.Path;
import java.util.Locale;

/** The options that say which PKCS#11 token is meant. */
final class TokenOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "softhsm or nss: a throw-away token in software; or an RFC 7512 URI of a real"
                            + " one, as in 'pkcs11:token=web;object=tls?module-path=/usr/lib/x.so"
                            + "&pin-source=file:/etc/pin'.")
    private @Nullable String token;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The token's description in a file; 'sslwrite config VENDOR' prints one.")
    private @Nullable Path config;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description =
                    "The way to the token: cryptoki, its C API; sunpkcs11, the JDK's provider;"
                            + " default: what --config says, else cryptoki.")
    private @Nullable TokenRoute engine;

    /** Whether any of these options was given. */
    boolean isGiven() {
        return token != null || config != null;
    }

    /** The token that is meant; null if none is. */
    @Nullable ChosenToken choose() throws CommandFailure {
        if (token != null && config != null) {
            throw new ParameterException(command.commandLine(), "--token goes without --config");
        }
        if (!isGiven()) {
            if (engine != null) {
                throw new ParameterException(
                        command.commandLine(), "--engine needs --token or --config");
            }
            return null;
        }
        try {
            SoftwareToken.Kind kind = softwareKind();
            return kind == null
                    ? ChosenToken.described(withEngine(description()))
                    : ChosenToken.throwAway(SoftwareToken.create(kind), this::withEngine);
        } catch (TokenException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    private SoftwareToken.@Nullable Kind softwareKind() {
        if (token == null) {
            return null;
        }
        return switch (token.toLowerCase(Locale.ROOT)) {
            case "softhsm" -> SoftwareToken.Kind.SOFTHSM;
            case "nss" -> SoftwareToken.Kind.NSS;
            default -> null;
        };
    }

    private TokenConfig description() throws TokenException {
        if (config != null) {
            return TokenConfig.fromFile(config);
        }
        String uri = String.valueOf(token);
        if (!uri.regionMatches(true, 0, "pkcs11:", 0, "pkcs11:".length())) {
            throw new ParameterException(
                    command.commandLine(),
                    "--token" + word(uri) + " is neither softhsm, nss nor a pkcs11: URI");
        }
        return TokenConfig.fromUri(uri);
    }

    /** What was given, if it is a word: in a URI that is misspelt there may be a PIN. */
    private static String word(String text) {
        return text.matches("[A-Za-z]{1,20}") ? " " + text : "";
    }

    private TokenConfig withEngine(TokenConfig described) throws TokenException {
        return engine == null ? described : described.toBuilder().engine(engine).build();
    }
}
