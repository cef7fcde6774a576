package org.sslwrite.differential;

import org.sslwrite.SslMode;

import java.util.Set;

/**
 * The connection that a case is about: ours, or OpenSSL's. Every call is the C call of its name.
 */
interface Subject extends AutoCloseable {
    /** Takes its role and its transport. */
    void begin();

    /** Takes its transport, and no role. */
    void attach();

    Result handshake();

    Result write(int buffer, int offset, int length);

    /** How far the last write moved its source. */
    long moved();

    /** Reads at most so many bytes; {@link #lastRead} has them. */
    Result read(int length);

    byte[] lastRead();

    Result shutdown();

    Result keyUpdate(boolean requestPeer);

    Result renegotiate();

    void setMode(SslMode mode);

    void clearMode(SslMode mode);

    void setQuietShutdown(boolean quiet);

    void setBlockPadding(int block);

    /** Whether the implementation takes this as a maximum for a record's content. */
    boolean acceptsMaxSendFragment(int bytes);

    int pending();

    boolean hasPending();

    boolean isInitFinished();

    /** The names of {@code SSL_get_shutdown}'s flags. */
    Set<String> shutdownState();

    /** From now on, writes go here. */
    void setWriteWire(RecordTransport wire);

    /** From now on, reads come from here. */
    void setReadWire(RecordTransport wire);

    @Override
    void close();
}
