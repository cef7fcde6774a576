package org.sslwrite.cli;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Where received bytes end: they are hashed and counted, not kept. */
final class Sha256Sink {
    private final MessageDigest digest = sha256();
    private final long start = System.nanoTime();
    private long bytes;
    private long lastArrival = start;

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Takes what remains in the buffer. */
    void accept(ByteBuffer received) {
        int length = received.remaining();
        digest.update(received);
        bytes += length;
        lastArrival = System.nanoTime();
    }

    /** What has come; to be called once, at the end. */
    Received received() {
        return new Received(bytes, new Sha256(digest.digest()), lastArrival);
    }

    /**
     * What a peer has received.
     *
     * @param bytes how much
     * @param sha256 its hash
     * @param lastArrival when the last of it came, by {@link System#nanoTime}
     */
    record Received(long bytes, Sha256 sha256, long lastArrival) {}
}
