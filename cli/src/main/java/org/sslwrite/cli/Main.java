package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The command {@code sslwrite}: parses, runs a subcommand, and turns what went wrong into one line
 * and an exit code.
 */
@Command(
        name = "sslwrite",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "",
            "Sends files over TLS 1.2 and 1.3 through SSL_write(3), written for the JVM: one call"
                + " takes a buffer, cuts it into records, seals each once with the best engine at"
                + " hand, and returns when the last byte has left."
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sslwrite demo",
            "      pushes a file of over 100 MB to openssl s_client and compares what arrives",
            "  sslwrite serve --port 4433 /usr/share/doc",
            "      serves a folder;  curl -k https://localhost:4433/FILE  fetches from it",
            "  sslwrite demo --token softhsm --key-in-token",
            "      the same with key and records in a throw-away token, and what happens if it"
                    + " fails",
            "  sslwrite send backup.tar example.org:4433 --ca ca.pem",
            "      sends a file to any TLS server",
            "",
            "'sslwrite COMMAND --help' tells the rest.",
            "",
            "Exit codes:",
            "  0  all went well",
            "  1  something failed: one line on standard error says what, and what to do",
            "  2  the command line is wrong"
        },
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            SendCommand.class,
            ProbeCommand.class,
            ConfigCommand.class,
            BenchCommand.class
        })
public final class Main implements Runnable {
    static final int FAILED = 1;

    @Spec private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Say more: stack traces of errors, and every request that is served.")
    private boolean verbose;

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        // Straight on the system's stream, so that the writer learns of a reader that has gone.
        System.exit(commandLine().setOut(new PrintWriter(System.out, true)).execute(args));
    }

    /**
     * The command, ready to execute. Everything it prints goes to its own out and err, which a test
     * can set.
     */
    static CommandLine commandLine() {
        Main main = new Main();
        return new CommandLine(main)
                .registerConverter(CipherSuite.class, Converters::cipherSuite)
                .registerConverter(TlsVersion.class, Converters::tlsVersion)
                .registerConverter(Duration.class, Converters::seconds)
                .registerConverter(OffloadPolicy.class, Converters::policy)
                .registerConverter(HostPort.class, Converters::hostPort)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, args) -> main.wrongUsage(e))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> main.failed(e, command, parsed));
    }

    @Override
    public void run() {
        Set<String> known = spec.commandLine().getSubcommands().keySet();
        throw new ParameterException(spec.commandLine(), "which command? " + listed(known, "or"));
    }

    boolean verbose() {
        return verbose;
    }

    private int wrongUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String help = command.getCommandSpec().qualifiedName() + " --help";
        String what =
                e instanceof UnmatchedArgumentException unmatched
                        ? unknown(command, unmatched)
                        : String.valueOf(e.getMessage());
        complain(command, what + "; try '" + help + "'", e);
        return CommandLine.ExitCode.USAGE;
    }

    private static String unknown(CommandLine command, UnmatchedArgumentException e) {
        String word = e.getUnmatched().getFirst();
        if (word.startsWith("-") && word.length() > 1) {
            String name = word.replaceFirst("=.*", "");
            Set<String> known = command.getCommandSpec().optionsMap().keySet();
            return "unknown option '" + word + "'" + meant(Nearest.to(name, known), "");
        }
        if (command.getParent() != null) {
            return "unexpected argument '" + word + "'";
        }
        Set<String> known = command.getSubcommands().keySet();
        return "unknown command '"
                + word
                + "'"
                + meant(Nearest.to(word, known), "; the commands are " + listed(known, "and"));
    }

    private static String meant(@Nullable String nearest, String otherwise) {
        return nearest == null ? otherwise : "; is '" + nearest + "' meant?";
    }

    private static String listed(Collection<String> words, String conjunction) {
        List<String> all = List.copyOf(words);
        int last = all.size() - 1;
        return String.join(", ", all.subList(0, last)) + " " + conjunction + " " + all.get(last);
    }

    private int failed(Exception e, CommandLine command, ParseResult parsed) {
        String line =
                e instanceof CommandFailure
                        ? e.getMessage()
                        : "this is a bug in sslwrite, please report it: "
                                + e
                                + " (--verbose has more)";
        complain(command, line, e);
        return FAILED;
    }

    private void complain(CommandLine command, String line, Exception e) {
        if (AtExit.exiting()) {
            return; // the user has stopped the command: what fails now is no news
        }
        PrintWriter err = command.getErr();
        err.println(OneLine.of("sslwrite: " + line));
        if (verbose) {
            e.printStackTrace(err);
        }
        err.flush();
    }
}
