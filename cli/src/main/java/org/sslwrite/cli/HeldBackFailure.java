package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bio.Bio;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * A transport that, once it cannot write any more, says {@link #RETRY} instead of failing: a
 * connection that has failed reads no more, and the peer may have said why before it hung up.
 */
final class HeldBackFailure implements Bio {
    private final Bio bio;
    private @Nullable IOException failure;

    /** The transport stays the caller's to close. */
    HeldBackFailure(Bio bio) {
        this.bio = bio;
    }

    /** Why nothing can be written any more; null if it can. */
    @Nullable IOException failure() {
        return failure;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        return bio.read(dst);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        if (failure != null) {
            return RETRY;
        }
        try {
            return bio.write(src);
        } catch (SocketTimeoutException e) {
            throw e; // nobody waits for what such a peer says
        } catch (IOException e) {
            failure = e;
            return RETRY;
        }
    }

    @Override
    public void close() throws IOException {
        bio.close();
    }
}
