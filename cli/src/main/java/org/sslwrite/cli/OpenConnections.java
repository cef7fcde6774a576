package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The connections of a server. Where there are too many, the one that has waited longest for its
 * client makes room, or one that takes nothing, so that such clients shut nobody out. Safe for use
 * by several threads.
 */
final class OpenConnections {
    private static final long STALL_CHECK_MILLIS = 1000;

    private final int most;
    private final int mostOfAddress;
    private final Set<ServedConnection> all = new LinkedHashSet<>();

    /** Those that can make room; the one that has waited longest comes first. */
    private final Set<ServedConnection> waiting = new LinkedHashSet<>();

    private final Map<InetAddress, Integer> ofAddress = new HashMap<>();

    OpenConnections(int most, int mostOfAddress) {
        this.most = most;
        this.mostOfAddress = mostOfAddress;
    }

    synchronized int count() {
        return all.size();
    }

    /** Waits until a connection can be admitted, perhaps in the place of another. */
    synchronized void awaitRoom() throws InterruptedException {
        while (all.size() >= most && longestWaiting(null) == null) {
            wait(STALL_CHECK_MILLIS);
        }
    }

    /**
     * Admits a connection, which waits for its client from now on.
     *
     * @return the one that has to go for it: another, itself if there was no other, or null
     */
    synchronized @Nullable ServedConnection admit(ServedConnection connection) {
        ServedConnection leaving = null;
        if (ofAddress.getOrDefault(connection.address(), 0) >= mostOfAddress) {
            leaving = longestWaiting(connection.address());
            if (leaving == null) {
                return connection;
            }
        } else if (all.size() >= most) {
            leaving = longestWaiting(null);
        }
        if (leaving != null) {
            remove(leaving);
        }
        all.add(connection);
        waiting.add(connection);
        ofAddress.merge(connection.address(), 1, Integer::sum);
        return leaving;
    }

    /**
     * Takes the connection out that has waited longest.
     *
     * @return null if none waits
     */
    synchronized @Nullable ServedConnection removeLongestWaiting() {
        ServedConnection leaving = longestWaiting(null);
        if (leaving != null) {
            remove(leaving);
        }
        return leaving;
    }

    private @Nullable ServedConnection longestWaiting(@Nullable InetAddress address) {
        for (ServedConnection connection : waiting) {
            if (address == null || connection.address().equals(address)) {
                return connection;
            }
        }
        for (ServedConnection connection : all) {
            boolean meant = address == null || connection.address().equals(address);
            if (meant && connection.bio().stalled()) {
                return connection;
            }
        }
        return null;
    }

    /** The connection waits for its client, since now. */
    synchronized void waits(ServedConnection connection) {
        if (all.contains(connection)) {
            waiting.add(connection);
            notifyAll();
        }
    }

    /** The connection is being answered: it need not make room. */
    synchronized void works(ServedConnection connection) {
        waiting.remove(connection);
    }

    /** The connection has ended; if it has made room before, nothing happens. */
    synchronized void remove(ServedConnection connection) {
        waiting.remove(connection);
        if (all.remove(connection)) {
            ofAddress.computeIfPresent(
                    connection.address(), (address, n) -> n == 1 ? null : Integer.valueOf(n - 1));
            notifyAll();
        }
    }

    /** All that are open now. */
    synchronized Set<ServedConnection> all() {
        return new LinkedHashSet<>(all);
    }
}
