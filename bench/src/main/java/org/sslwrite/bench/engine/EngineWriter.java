package org.sslwrite.bench.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;

/**
 * Another library's {@link SSLEngine}, used as its best users do: records are wrapped one behind
 * the other into one buffer, which leaves when it is full or nothing more is to be sealed.
 */
final class EngineWriter implements TlsWriter {
    /** As many of the largest as ours seals before it writes. */
    private static final int RECORDS = 4;

    private final SSLEngine engine;
    private final Runnable release;
    private final int packet;
    private final ByteBuffer records;
    private WritableByteChannel channel = Discard.INSTANCE;

    /**
     * @param release gives back what the engine holds outside of the heap
     */
    EngineWriter(SSLEngine engine, boolean direct, Runnable release) {
        this.engine = engine;
        this.release = release;
        this.packet = engine.getSession().getPacketBufferSize();
        int room = RECORDS * packet;
        this.records = direct ? ByteBuffer.allocateDirect(room) : ByteBuffer.allocate(room);
    }

    @Override
    public void into(WritableByteChannel target) {
        channel = target;
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
        while (src.hasRemaining()) {
            if (records.remaining() < packet) {
                flush();
            }
            SSLEngineResult result = engine.wrap(src, records);
            if (result.getStatus() != Status.OK) {
                throw new IOException("wrap says " + result.getStatus());
            }
        }
        flush();
    }

    private void flush() throws IOException {
        records.flip();
        while (records.hasRemaining()) {
            channel.write(records);
        }
        records.clear();
    }

    @Override
    public void close() {
        engine.closeOutbound();
        release.run();
    }
}
