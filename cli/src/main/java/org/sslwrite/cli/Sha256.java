package org.sslwrite.cli;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** A hash of a file's bytes. */
final class Sha256 {
    private final byte[] hash;

    Sha256(byte[] hash) {
        this.hash = hash.clone();
    }

    static Sha256 of(Path file) throws CommandFailure {
        return of(file, Long.MAX_VALUE);
    }

    /** Of the file's first bytes, if it has so many. */
    static Sha256 of(Path file, long bytes) throws CommandFailure {
        try (FileSource source = FileSource.open(file);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer piece = arena.allocate(Transfer.LARGE_PIECE).asByteBuffer();
            Sha256Sink sink = new Sha256Sink();
            long left = bytes;
            while (left > 0 && source.read(piece)) {
                piece.flip();
                piece.limit((int) Math.min(piece.limit(), left));
                left -= piece.limit();
                sink.accept(piece);
                piece.clear();
            }
            return sink.received().sha256();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sha256 sha256 && Arrays.equals(hash, sha256.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(hash);
    }
}
