package org.sslwrite.cli;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/** Pushes a source through {@code Ssl.write}, piece by piece. */
final class Transfer {
    /** Bytes of a piece that fills a connection that has the machine to itself. */
    static final int LARGE_PIECE = 1024 * 1024;

    /** Is told how many bytes have gone so far. */
    interface Progress {
        void sent(long bytes) throws CommandFailure;
    }

    private Transfer() {}

    /**
     * Sends all of it.
     *
     * @param pieceSize bytes read from the source and written at once
     * @param progress is told how many bytes have gone so far
     * @return bytes sent
     */
    static long send(FileSource source, TlsConnection connection, int pieceSize, Progress progress)
            throws CommandFailure, TlsFailure {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer piece = arena.allocate(pieceSize).asByteBuffer();
            long sent = 0;
            while (source.read(piece)) {
                piece.flip();
                sent += piece.remaining();
                connection.write(piece);
                piece.clear();
                progress.sent(sent);
            }
            return sent;
        }
    }
}
