package org.sslwrite.cli;

import java.io.PrintWriter;
import java.util.List;

/** Prints results, and notices when nobody can read them. */
final class StandardOutput {
    private StandardOutput() {}

    static void print(PrintWriter out, String line) throws CommandFailure {
        print(out, List.of(line));
    }

    static void print(PrintWriter out, List<String> lines) throws CommandFailure {
        lines.forEach(out::println);
        if (out.checkError()) {
            throw new CommandFailure("cannot print the result: standard output is closed");
        }
    }
}
