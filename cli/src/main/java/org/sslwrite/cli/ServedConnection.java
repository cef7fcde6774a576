package org.sslwrite.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A client's connection, as the server that keeps it sees it. */
final class ServedConnection {
    private final BoundedBio bio;
    private final InetSocketAddress client;
    private volatile boolean betweenRequests;
    private volatile boolean sentAway;

    ServedConnection(BoundedBio bio, InetSocketAddress client) {
        this.bio = bio;
        this.client = client;
    }

    BoundedBio bio() {
        return bio;
    }

    InetAddress address() {
        return client.getAddress();
    }

    /** What errors call the client. */
    String peer() {
        return TlsConnection.printable(client);
    }

    /** Whether it has its answer, and nobody knows of another request. */
    void betweenRequests(boolean now) {
        betweenRequests = now;
    }

    /** Ends it, for it makes room or the server stops; properly if nothing is under way. */
    void sendAway() {
        sentAway = true;
        if (betweenRequests) {
            bio.endReading();
        } else {
            bio.close();
        }
    }

    /** Whether this server has ended it. */
    boolean sentAway() {
        return sentAway;
    }
}
