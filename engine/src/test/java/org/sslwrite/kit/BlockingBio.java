package org.sslwrite.kit;

import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A blocking transport without a second thread: while nothing moves, the other side takes its
 * turns.
 */
public final class BlockingBio implements Bio {
    private static final int PATIENCE = 1000;

    private final Bio inner;
    private final Runnable otherSidesTurn;

    public BlockingBio(Bio inner, Runnable otherSidesTurn) {
        this.inner = inner;
        this.otherSidesTurn = otherSidesTurn;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return untilMoved(ScriptedBio.Direction.READ, dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return untilMoved(ScriptedBio.Direction.WRITE, src);
    }

    private int untilMoved(ScriptedBio.Direction direction, ByteBuffer buffer) throws IOException {
        for (int i = 0; i < PATIENCE; i++) {
            int n = direction.pass(inner, buffer);
            if (n != RETRY) {
                return n;
            }
            otherSidesTurn.run();
        }
        throw new AssertionError("a blocking " + direction + " would wait for ever");
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
