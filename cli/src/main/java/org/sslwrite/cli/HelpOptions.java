package org.sslwrite.cli;

import picocli.CommandLine.Option;

/** The option {@code --help} of a subcommand. */
final class HelpOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;
}
