package org.sslwrite.cli;

import org.sslwrite.SslContext;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The options that every command has for its TLS connections. */
final class TlsOptions {
    @Spec(Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    @Mixin private HelpOptions help;

    @Option(
            names = "--versions",
            split = "[,:]",
            splitSynopsisLabel = ",",
            paramLabel = "VERSION",
            description = "TLSv1.3, TLSv1.2; default: both.")
    private List<TlsVersion> versions = List.of();

    @Option(
            names = "--suites",
            split = "[,:]",
            splitSynopsisLabel = ",",
            paramLabel = "SUITE",
            description =
                    "Cipher suites in the order of preference, by their IANA or OpenSSL names;"
                            + " default: all.")
    private List<CipherSuite> suites = List.of();

    @Option(
            names = "--max-fragment",
            paramLabel = "BYTES",
            description = "Plaintext of a record at most, 512 to 16384; default: 16384.")
    private int maxFragment = 16_384;

    @Option(
            names = "--provider",
            split = ",",
            paramLabel = "NAME",
            description =
                    "What may seal in this process, in the order of preference: vaes, ipsec-mb, and"
                            + " JCA providers, as in SunJCE,BC. BC, Bouncy Castle, is always the"
                            + " last resort.")
    private List<String> providers = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description =
                    "Give a peer up that moves no byte for so long, or needs longer for the"
                            + " handshake; default: 30.")
    Duration timeout = Duration.ofSeconds(30);

    /** The versions asked for; else those that the suites asked for belong to; the newest first. */
    List<TlsVersion> versions() {
        List<TlsVersion> asked = new ArrayList<>(versions);
        if (asked.isEmpty()) {
            asked.addAll(List.of(TlsVersion.values()));
            asked.removeIf(version -> !suites.isEmpty() && suitesOf(version).isEmpty());
        }
        return asked.stream().distinct().sorted(Comparator.reverseOrder()).toList();
    }

    private List<CipherSuite> suitesOf(TlsVersion version) {
        return suites.stream().filter(suite -> suite.version() == version).toList();
    }

    /** A builder with all that these options say. */
    SslContext.Builder contextBuilder() {
        SslContext.Builder builder =
                SslContext.builder().maxSendFragment(fragment()).versions(versions());
        if (!suites.isEmpty()) {
            builder.cipherSuites(suites);
        }
        if (!providers.isEmpty()) {
            builder.providers(providers);
        }
        return builder;
    }

    /** A builder for one of the versions. */
    SslContext.Builder contextBuilder(TlsVersion version) {
        SslContext.Builder builder = contextBuilder().versions(List.of(version));
        List<CipherSuite> ofVersion = suitesOf(version);
        return ofVersion.isEmpty() ? builder : builder.cipherSuites(ofVersion);
    }

    private int fragment() {
        if (maxFragment < 512 || maxFragment > 16_384) {
            throw new ParameterException(
                    command.commandLine(),
                    "--max-fragment " + maxFragment + " is not in 512..16384");
        }
        return maxFragment;
    }

    /** Builds; options that do not fit together are a wrong command line. */
    SslContext build(SslContext.Builder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
