package org.sslwrite.bench.jmh;

import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.Connection;
import org.sslwrite.bench.engine.TlsWriter;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A connection whose records have been looked at, and the buffer that is written to it. */
final class Written implements AutoCloseable {
    private final EngineState engine;
    private final CipherSuite suite;
    private final WritableByteChannel channel;
    private final ByteBuffer src;
    private TlsWriter writer;

    /**
     * Connects.
     *
     * @param channel where the records go, after those that the other end has opened
     */
    Written(EngineState engine, CipherSuite suite, ByteBuffer src, WritableByteChannel channel)
            throws AbsentException, IOException, WrongBytesException {
        this.engine = engine;
        this.suite = suite;
        this.src = src;
        this.channel = channel;
        this.writer = checked();
        writer.into(channel);
        engine.retain();
    }

    private TlsWriter checked() throws AbsentException, IOException, WrongBytesException {
        Connection connection = engine.opened.connect(suite, src.isDirect());
        boolean right = false;
        try {
            connection.check(src);
            right = true;
            return connection.writer();
        } finally {
            if (!right) {
                connection.close();
            }
        }
    }

    void write() throws IOException {
        writer.write(src.position(0));
    }

    /** Takes another connection if this one has sealed nearly all that it may. */
    void renewIfWornOut() throws AbsentException, IOException, WrongBytesException {
        if (writer.isWornOut()) {
            TlsWriter fresh = checked();
            writer.requireOwnSealing();
            writer.close();
            writer = fresh;
            writer.into(channel);
        }
    }

    /** Looks once more at what is sealed, now that it is compiled: over another connection. */
    void checkAgain() throws AbsentException, IOException, WrongBytesException {
        writer.requireOwnSealing();
        checked().close();
    }

    @Override
    public void close() {
        writer.close();
        engine.release();
    }
}
