package org.sslwrite.kit;

import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Moves a random number of bytes a call, often one or two, or says "retry"; the same seed does the
 * same.
 */
public final class RandomChunks implements Bio {
    private final Bio inner;
    private final long seed;
    private final Random random;

    public RandomChunks(Bio inner, long seed) {
        this.inner = inner;
        this.seed = seed;
        this.random = new Random(seed);
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return move(ScriptedBio.Direction.READ, dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return move(ScriptedBio.Direction.WRITE, src);
    }

    private int move(ScriptedBio.Direction direction, ByteBuffer buffer) throws IOException {
        return switch (random.nextInt(4)) {
            case 0 -> RETRY;
            case 1 -> ScriptedBio.take(1 + random.nextInt(6)).move(direction, inner, buffer);
            default -> ScriptedBio.take(1 + random.nextInt(40_000)).move(direction, inner, buffer);
        };
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }

    @Override
    public String toString() {
        return "random chunks, seed " + seed;
    }
}
