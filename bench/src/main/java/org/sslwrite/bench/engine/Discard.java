package org.sslwrite.bench.engine;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Takes everything, keeps nothing. */
public enum Discard implements WritableByteChannel {
    /** The only one: it has nothing of its own. */
    INSTANCE;

    @Override
    public int write(ByteBuffer src) {
        int n = src.remaining();
        src.position(src.limit());
        return n;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
