package org.sslwrite.bio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;

/**
 * A transport over any {@link ByteChannel}; a {@code SocketChannel} in its blocking or its
 * non-blocking mode.
 *
 * <p>A closed channel says {@link #CLOSED}; one that was closed because its thread was interrupted
 * throws {@link ClosedByInterruptException} once, so that the reason is not lost.
 */
public final class ChannelBio implements Bio {
    private final ByteChannel channel;

    /** The channel becomes this object's to close. */
    public ChannelBio(ByteChannel channel) {
        this.channel = channel;
    }

    /** The channel underneath, for a selector. */
    public ByteChannel channel() {
        return channel;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        try {
            return channel.read(dst);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (ClosedChannelException e) {
            return CLOSED;
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        try {
            return channel.write(src);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (ClosedChannelException e) {
            return CLOSED;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
