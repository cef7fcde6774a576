package org.sslwrite.record;

import org.sslwrite.seal.SealedBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What all connections of a context have sealed. Safe for use by several threads. */
public final class ContextSealingStatistics {
    private final Map<String, SealedBy> ended = new TreeMap<>();
    private final Set<SealingStatistics> open = new HashSet<>();

    /** A connection's account, which counts from now on. */
    synchronized void add(SealingStatistics account) {
        open.add(account);
    }

    /** The connection has ended: what it has counted stays. */
    synchronized void end(SealingStatistics account) {
        if (open.remove(account)) {
            account.sealedBy().forEach(share -> merge(ended, share));
        }
    }

    /** By engine, in the order of their names. */
    public synchronized List<SealedBy> sealedBy() {
        Map<String, SealedBy> all = new TreeMap<>(ended);
        for (SealingStatistics account : open) {
            account.sealedBy().forEach(share -> merge(all, share));
        }
        return List.copyOf(all.values());
    }

    private static void merge(Map<String, SealedBy> into, SealedBy share) {
        into.merge(
                share.engine(),
                share,
                (a, b) ->
                        new SealedBy(a.engine(), a.records() + b.records(), a.bytes() + b.bytes()));
    }
}
