package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;

/**
 * What a server says while it runs: a line for each failure; if verbose, also its stack trace and a
 * line for each request.
 *
 * @param err where to
 * @param verbose whether to say more
 */
record ServerLog(PrintWriter err, boolean verbose) {
    void failure(String line, @Nullable Throwable e) {
        print(line, verbose ? e : null);
    }

    void request(String line) {
        if (verbose) {
            print(line, null);
        }
    }

    private void print(String line, @Nullable Throwable e) {
        synchronized (err) {
            err.println(OneLine.of("sslwrite: " + line));
            if (e != null) {
                e.printStackTrace(err);
            }
            err.flush();
        }
    }
}
