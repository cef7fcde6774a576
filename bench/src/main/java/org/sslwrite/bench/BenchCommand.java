package org.sslwrite.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.report.Comparison;
import org.sslwrite.bench.result.Results;
import org.sslwrite.bench.result.ResultsFormatException;
import org.sslwrite.bench.result.ResultsJson;
import org.sslwrite.bench.run.BenchToken;
import org.sslwrite.bench.run.Plan;
import org.sslwrite.bench.run.ResultFiles;
import org.sslwrite.bench.run.RunException;
import org.sslwrite.bench.run.Selection;
import org.sslwrite.bench.run.Session;
import org.sslwrite.bench.transfer.Transfers;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.CipherSuite.Authentication;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code sslwrite bench}: does offload pay? */
@Command(
        name = "sslwrite bench",
        sortOptions = false,
        header = "Measure the write path, beside other TLS libraries and a token's limit.",
        description = {
            "",
            "Seals with every engine that this machine has, and with JSSE, Conscrypt,"
                + " netty-tcnative and BCJSSE beside them; tells how they compare, and from which"
                + " record size and how many sessions on a token beats the CPU, or that it never"
                + " does. Writes results.json, results.csv and report.html. Ctrl-C keeps what was"
                + " measured. See docs/benchmarking.md for what the figures mean.",
            ""
        },
        optionListHeading = "Options:%n",
        footer = {
            "",
            "Examples:",
            "  sslwrite bench --quick --token softhsm --out results",
            "  sslwrite bench --compare monday/results.json friday/results.json"
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final long GIGABYTE = 1_000_000_000;

    /** What the script that built this took; the user waits for both. */
    private static final Duration SPENT = spent(Integer.getInteger("sslwrite.bench.spent", 0));

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss");

    @Spec private CommandSpec spec;

    @Option(
            names = "--quick",
            description = "Under 3 minutes: TLS 1.3 with AES-128-GCM; else under 40 minutes.")
    private boolean quick;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "softhsm or nss: a throw-away token in software; or a pkcs11: URI of a real"
                            + " one. May be given several times.")
    private List<String> tokenNames = List.of();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A token's description; 'sslwrite config VENDOR' prints one.")
    private List<Path> tokenFiles = List.of();

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            split = ",",
            description = "Measure only these engines: ${COMPLETION-CANDIDATES}.")
    private List<EngineName> engines = List.of();

    @Option(
            names = "--suite",
            paramLabel = "NAME",
            split = ",",
            description = "Measure only these cipher suites, by their IANA or OpenSSL names.")
    private List<CipherSuite> suites = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "The folder for the results; default: sslwrite-bench-DATE, or none with"
                            + " --json.")
    private @Nullable Path out;

    @Option(
            names = "--json",
            description = "Print the results as one JSON object on standard output.")
    private boolean json;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "FILE",
            description = "Compare two results.json instead; differences beyond noise are marked.")
    private List<Path> compared = List.of();

    @Option(
            names = "--transfer",
            description =
                    "Measure the processor time of bulk transfers over loopback TCP instead, beside"
                            + " netty: some ten minutes, with --quick three.")
    private boolean transfer;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    @Option(names = "--verbose", description = "Say more: stack traces of errors.")
    private boolean verbose;

    private BenchCommand() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] args) {
        BenchCommand command = new BenchCommand();
        System.exit(commandLine(command).execute(args));
    }

    static CommandLine commandLine() {
        return commandLine(new BenchCommand());
    }

    private static CommandLine commandLine(BenchCommand command) {
        return new CommandLine(command)
                .registerConverter(EngineName.class, BenchCommand::engine)
                .registerConverter(CipherSuite.class, BenchCommand::suite)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, args) -> command.wrongUsage(e))
                .setExecutionExceptionHandler((e, line, parsed) -> command.failed(e));
    }

    private static EngineName engine(String name) {
        try {
            return EngineName.of(name);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
    }

    private static CipherSuite suite(String name) {
        try {
            CipherSuite suite = CipherSuite.of(name);
            if (suite.authentication() != Authentication.RSA) {
                return suite;
            }
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException(e.getMessage());
        }
        throw new CommandLine.TypeConversionException(
                name + " wants an RSA certificate; its twin with ECDSA seals records alike");
    }

    private int wrongUsage(ParameterException e) {
        return complain(
                e.getMessage() + "; try 'sslwrite bench --help'", e, CommandLine.ExitCode.USAGE);
    }

    private int failed(Exception e) {
        boolean known = e instanceof RunException || e instanceof ResultsFormatException;
        return complain(
                known
                        ? String.valueOf(e.getMessage())
                        : "this is a bug in sslwrite, please report it: "
                                + e
                                + " (--verbose has more)",
                e,
                FAILED);
    }

    private int complain(String line, Exception e, int code) {
        var err = spec.commandLine().getErr();
        err.println("sslwrite: " + withoutPins(line.replaceAll("\\p{Cntrl}+", " ")));
        if (verbose) {
            e.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    /** A URI may have one in it. */
    private static String withoutPins(String text) {
        return text.replaceAll("(?i)(pin-value=)[^;&?\\s\"]*", "$1…");
    }

    @Override
    public Integer call() throws RunException, ResultsFormatException, JsonProcessingException {
        if (!compared.isEmpty()) {
            return compare();
        }
        if (transfer) {
            return transfer();
        }
        ResultFiles files = files();
        List<BenchToken> tokens = new ArrayList<>();
        try {
            for (String name : tokenNames) {
                tokens.add(BenchToken.named(name));
            }
            for (Path file : tokenFiles) {
                tokens.add(BenchToken.described(file.toString()));
            }
            requireDifferent(tokens);
            Selection selection = new Selection(engines, suites, tokens);
            new Session(files, json, spec.commandLine().getOut(), System.err)
                    .run(
                            quick ? Plan.quick(selection, SPENT) : Plan.full(selection),
                            tokens,
                            "./sslwrite bench "
                                    + withoutPins(
                                            String.join(
                                                    " ",
                                                    spec.commandLine()
                                                            .getParseResult()
                                                            .originalArgs())));
            return 0;
        } finally {
            tokens.forEach(BenchToken::close);
        }
    }

    /** Figures go by a token's name. */
    private static void requireDifferent(List<BenchToken> tokens) throws RunException {
        Set<String> names = new HashSet<>();
        for (BenchToken token : tokens) {
            if (!names.add(token.name())) {
                throw new RunException(
                        "two tokens are called "
                                + token.name()
                                + ": measure each once, or give one another name in its"
                                + " configuration",
                        null);
            }
        }
    }

    /** A few seconds change nothing: all runs but the first have the same plan. */
    private static Duration spent(int seconds) {
        return seconds < 5 ? Duration.ZERO : Duration.ofSeconds(seconds);
    }

    private int compare() throws RunException, ResultsFormatException, JsonProcessingException {
        Results first = ResultsJson.read(compared.get(0));
        Results second = ResultsJson.read(compared.get(1));
        Comparison comparison = Comparison.of(first, second);
        print(
                json
                        ? new JsonMapper().writeValueAsString(comparison.json()) + "\n"
                        : comparison.text());
        return 0;
    }

    private int transfer() throws RunException, JsonProcessingException {
        Transfers transfers =
                quick
                        ? new Transfers(Transfers.SIZES, GIGABYTE, GIGABYTE, 1, System.err)
                        : new Transfers(Transfers.SIZES, GIGABYTE, 3 * GIGABYTE, 3, System.err);
        try {
            transfers.run();
        } catch (IOException e) {
            throw new RunException("the transfers broke off: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunException("the transfers were interrupted", e);
        }
        print(json ? transfers.json() : transfers.text());
        return transfers.hasFailed() ? FAILED : 0;
    }

    /** Null if nothing is to be written. */
    private @Nullable ResultFiles files() throws RunException {
        if (out == null && json) {
            return null;
        }
        return ResultFiles.in(
                out != null ? out : Path.of("sslwrite-bench-" + LocalDateTime.now().format(STAMP)));
    }

    private void print(String text) throws RunException {
        spec.commandLine().getOut().print(text);
        if (spec.commandLine().getOut().checkError()) {
            throw new RunException("standard output cannot be written to", null);
        }
    }
}
