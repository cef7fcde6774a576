package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.DeadlineWorker;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * A thread that seals one record at a time for whoever has borrowed it, with a limit on how long
 * that may take. One that was given up is left to its call, with all that it works on.
 */
final class SealingThread {
    private final DeadlineWorker worker;
    private @Nullable RecordSealer sealer;
    private @Nullable ByteBuffer memory;
    private long sequence;
    private int contentType;
    private int contentAt;
    private int length;
    private int padding;
    private @Nullable Exception failure;

    private SealingThread(String what, Duration limit) {
        this.worker = new DeadlineWorker(what, limit, this::sealRecord);
    }

    /**
     * Seals in place, at the start of the memory, on the thread, and waits for it.
     *
     * @throws SealException if the sealer did
     * @throws TokenException if there was no answer in time: sealer and memory are then lost
     */
    void seal(
            RecordSealer with,
            long number,
            int type,
            ByteBuffer in,
            int at,
            int contentLength,
            int zeros)
            throws SealException, TokenException {
        sealer = with;
        memory = in;
        sequence = number;
        contentType = type;
        contentAt = at;
        length = contentLength;
        padding = zeros;
        failure = null;
        worker.run();
        sealer = null;
        memory = null;
        switch (failure) {
            case null -> {}
            case SealException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private void sealRecord() {
        RecordSealer with = sealer;
        ByteBuffer in = memory;
        if (with == null || in == null) {
            throw new IllegalStateException("nothing to seal");
        }
        try {
            with.seal(sequence, contentType, in, contentAt, length, padding, in, 0);
        } catch (SealException | RuntimeException e) {
            failure = e;
        } finally {
            if (worker.isAbandoned()) {
                // Nobody waits any more: what came of it, and the key, are nobody's.
                Memory.wipe(in, 0, in.capacity());
                with.close();
            }
        }
    }

    /** Threads that nobody has borrowed. Safe for use by several threads. */
    static final class Pool {
        private final String what;
        private final Duration limit;
        private final ArrayDeque<SealingThread> idle = new ArrayDeque<>();

        /**
         * @param what token and operation, for messages
         */
        Pool(String what, Duration limit) {
            this.what = what;
            this.limit = limit;
        }

        synchronized SealingThread take() {
            SealingThread thread = idle.pollLast();
            return thread != null ? thread : new SealingThread(what, limit);
        }

        /** Takes back one that has answered. */
        synchronized void give(SealingThread thread) {
            idle.addLast(thread);
        }
    }
}
