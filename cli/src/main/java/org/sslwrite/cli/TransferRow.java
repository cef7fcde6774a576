package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslStatistics;
import org.sslwrite.seal.SealerChoice;

import java.util.LinkedHashMap;
import java.util.Map;

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
 */
record TransferRow(
        String peer,
        String protocol,
        String suite,
        @Nullable SealerChoice sealer,
        long records,
        long bytes,
        double seconds,
        @Nullable Boolean sha256Equal) {

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
                sha256Equal);
    }

    String sealedBy() {
        return sealer == null ? "-" : sealer.engine();
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
        fields.put("sealed_by", sealedBy());
        fields.put("records", records);
        fields.put("bytes", bytes);
        fields.put("seconds", rounded(seconds, 1e6));
        fields.put("gbps", rounded(gigabytesPerSecond(), 1e3));
        fields.put("sha256_equal", sha256Equal);
        return JsonLine.of(fields);
    }

    private static double rounded(double value, double parts) {
        return Math.round(value * parts) / parts;
    }
}
