package org.sslwrite.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code sslwrite bench}: stands in the list of commands. The script {@code sslwrite} of a checkout
 * runs the module bench in its place, whose peers are no part of this command.
 */
@Command(
        name = "bench",
        header = "Measure the write path, beside other TLS libraries and a token's limit.")
final class BenchCommand implements Callable<Integer> {
    /** Whatever it may be: the one that is run knows its options. */
    @Unmatched private List<String> arguments = List.of();

    @Override
    public Integer call() throws CommandFailure {
        throw new CommandFailure(
                "bench is run by the script sslwrite of a checkout, and must be its first"
                        + " argument");
    }
}
