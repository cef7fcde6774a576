package org.sslwrite.kit;

import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Says "retry" to every other call, the first included, of either direction. */
public final class EverySecondCallRetries implements Bio {
    private final Bio inner;
    private boolean willRead;
    private boolean willWrite;

    public EverySecondCallRetries(Bio inner) {
        this.inner = inner;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        willRead = !willRead;
        return willRead ? RETRY : inner.read(dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        willWrite = !willWrite;
        return willWrite ? RETRY : inner.write(src);
    }

    @Override
    public void close() throws IOException {
        inner.close();
    }
}
