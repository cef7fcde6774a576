package org.sslwrite.bench.report;

import org.sslwrite.bench.result.Row;
import org.sslwrite.bench.result.Row.Kind;

/**
 * Who sealed.
 *
 * @param name as people call it
 * @param kind whose it is
 */
record Engine(String name, Kind kind) {
    static Engine of(Row row) {
        return new Engine(row.engine(), row.kind());
    }

    /** For a sentence that says already whose it is: without {@code ours, }. */
    static String bare(String name) {
        return name.startsWith("ours, ") ? name.substring("ours, ".length()) : name;
    }

    boolean ours() {
        return kind == Kind.OURS || kind == Kind.OURS_TOKEN;
    }

    boolean peer() {
        return kind == Kind.PEER || kind == Kind.PEER_TOKEN;
    }

    boolean yardstick() {
        return kind == Kind.YARDSTICK;
    }

    /** What it is, for the list of engines. */
    static String words(Kind kind) {
        return switch (kind) {
            case OURS -> "ours, sealed in this process";
            case OURS_TOKEN -> "ours, sealed by a token";
            case PEER -> "a peer: another TLS library";
            case PEER_TOKEN -> "a peer, sealed by the same token";
            case YARDSTICK -> "a yardstick: no TLS, only the cipher";
        };
    }
}
