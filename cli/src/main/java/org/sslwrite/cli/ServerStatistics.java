package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.SslContextStatistics;
import org.sslwrite.SslStatistics;
import org.sslwrite.seal.SealedBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a server has done. Safe for use by several threads. */
final class ServerStatistics {
    private long connections;
    private long handshakeFailures;
    private long failures;
    private long requests;
    private long turnedAway;
    private long outOfMemory;
    private long records;
    private long bytes;
    private final Map<List<String>, Share> shares =
            new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));

    private record Share(long connections, long records, long bytes) {
        Share plus(SealedBy more) {
            return new Share(connections + 1, records + more.records(), bytes + more.bytes());
        }
    }

    synchronized void connected() {
        connections++;
    }

    synchronized void handshakeFailed() {
        handshakeFailures++;
    }

    /** A connection broke after its handshake. */
    synchronized void failed() {
        failures++;
    }

    synchronized void requested() {
        requests++;
    }

    /** A connection was closed because there were too many. */
    synchronized void turnedAway() {
        turnedAway++;
    }

    /** A connection ended, or could not begin, because memory was short. */
    synchronized void outOfMemory() {
        outOfMemory++;
    }

    /** Adds what a connection has written, whole or not. */
    synchronized void add(TlsConnection connection) {
        SslStatistics statistics = connection.statistics();
        records += statistics.records();
        bytes += statistics.bytes();
        for (SealedBy share : statistics.sealedBy()) {
            List<String> key =
                    List.of(
                            connection.session().version().toString(),
                            connection.session().suite().name(),
                            share.engine());
            shares.put(key, shares.getOrDefault(key, new Share(0, 0, 0)).plus(share));
        }
    }

    /** The form of {@code --json}. */
    synchronized String toJson(SslContextStatistics engines) {
        List<Map<String, Object>> sealed = new ArrayList<>();
        shares.forEach(
                (key, share) -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("protocol", key.get(0));
                    fields.put("suite", key.get(1));
                    fields.put("sealed_by", key.get(2));
                    fields.put("connections", share.connections);
                    fields.put("records", share.records);
                    fields.put("bytes", share.bytes);
                    sealed.add(fields);
                });
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("connections", connections);
        fields.put("handshake_failures", handshakeFailures);
        fields.put("failures", failures);
        fields.put("requests", requests);
        fields.put("records", records);
        fields.put("bytes", bytes);
        fields.put("turned_away", turnedAway);
        fields.put("out_of_memory", outOfMemory);
        fields.put("sealed", sealed);
        fields.put("fallbacks", engines.fallbacks());
        fields.put("latest_fallbacks", EngineReport.fallbacks(engines));
        fields.put("breaker", engines.breaker());
        return JsonLine.of(fields);
    }

    @Override
    public synchronized String toString() {
        String text =
                String.format(
                        Locale.ROOT,
                        "%,d connections, %,d failed in the handshake, %,d later; %,d requests,"
                                + " %,d records, %,d bytes",
                        connections,
                        handshakeFailures,
                        failures,
                        requests,
                        records,
                        bytes);
        if (turnedAway > 0) {
            text += String.format(Locale.ROOT, "; %,d too many, turned away", turnedAway);
        }
        if (outOfMemory > 0) {
            text += String.format(Locale.ROOT, "; %,d ended by lack of memory", outOfMemory);
        }
        return text;
    }
}
