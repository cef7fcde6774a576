package org.sslwrite.bench.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The sealing end of a connection past its handshake. Of one thread; each has an implementation of
 * its own in a JVM, so that the compiler sees through this interface.
 */
public interface TlsWriter extends AutoCloseable {
    /** Seals all remaining bytes, and hands the records to the channel. */
    void write(ByteBuffer src) throws IOException;

    /** Where records go from now on; it takes all that it is given. */
    void into(WritableByteChannel channel);

    /**
     * Whether the limit of records under one key comes near, and a connection made anew must take
     * its place.
     */
    default boolean isWornOut() {
        return false;
    }

    /**
     * Makes sure that the engine that is being measured has sealed everything, as far as the
     * library tells.
     *
     * @throws WrongBytesException if another has
     */
    default void requireOwnSealing() throws WrongBytesException {}

    /** Lets go of the keys. */
    @Override
    void close();
}
