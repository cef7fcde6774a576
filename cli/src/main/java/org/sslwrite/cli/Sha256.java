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
        try (FileSource source = FileSource.open(file);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer piece = arena.allocate(Transfer.LARGE_PIECE).asByteBuffer();
            Sha256Sink sink = new Sha256Sink();
            while (source.read(piece)) {
                sink.accept(piece.flip());
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
