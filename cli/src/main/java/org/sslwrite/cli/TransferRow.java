package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslStatistics;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.seal.SealerChoice;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of one file sent over one connection.
 *
 * @param peer whom it was sent to
 * @param protocol version, as in {@code TLSv1.3}
 * @param suite IANA name
 * @param sealer the engine that sealed the records, with the reasons against others; null if none
 *     was needed
 * @param records application data records sent
 * @param bytes application data sent
 * @param seconds how long it took
 * @param sha256Equal whether the peer received what was in the file; null if only the peer knows
 * @param sealedBy application data by engine
 * @param failures what came of the same with a token that failed; empty if that was not tried
 */
record TransferRow(
        String peer,
        String protocol,
        String suite,
        @Nullable SealerChoice sealer,
        long records,
        long bytes,
        double seconds,
        @Nullable Boolean sha256Equal,
        List<SealedBy> sealedBy,
        List<FailureRow> failures) {

    static TransferRow of(
            String peer, TlsConnection connection, double seconds, @Nullable Boolean sha256Equal) {
        SslStatistics statistics = connection.statistics();
        return new TransferRow(
                peer,
                connection.session().version().toString(),
                connection.session().suite().name(),
                statistics.sealer(),
                statistics.records(),
                statistics.bytes(),
                seconds,
                sha256Equal,
                statistics.sealedBy(),
                List.of());
    }

    TransferRow withFailures(List<FailureRow> rows) {
        return new TransferRow(
                peer,
                protocol,
                suite,
                sealer,
                records,
                bytes,
                seconds,
                sha256Equal,
                sealedBy,
                rows);
    }

    /** The engine of all records; the engines, if they were several. */
    String engines() {
        return sealedBy.isEmpty()
                ? sealer == null ? "-" : sealer.engine()
                : sealedBy.stream().map(SealedBy::engine).collect(Collectors.joining(", "));
    }

    /** Gigabytes, of 10^9 bytes, a second. */
    double gigabytesPerSecond() {
        return seconds > 0 ? bytes / seconds / 1e9 : 0;
    }

    /** The form of {@code --json}. */
    String toJson() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("peer", peer);
        fields.put("protocol", protocol);
        fields.put("suite", suite);
        fields.put("sealed_by", engines());
        fields.put("records", records);
        fields.put("bytes", bytes);
        fields.put("seconds", rounded(seconds, 1e6));
        fields.put("gbps", rounded(gigabytesPerSecond(), 1e3));
        fields.put("sha256_equal", sha256Equal);
        if (!failures.isEmpty()) {
            fields.put("when_token_fails", failures.stream().map(FailureRow::toMap).toList());
        }
        return JsonLine.of(fields);
    }

    private static double rounded(double value, double parts) {
        return Math.round(value * parts) / parts;
    }
}
