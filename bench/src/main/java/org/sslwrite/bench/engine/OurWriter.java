package org.sslwrite.bench.engine;

import org.sslwrite.Ssl;
import org.sslwrite.SslFailure;
import org.sslwrite.SslStatistics;
import org.sslwrite.bio.Bio;
import org.sslwrite.seal.SealedBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** {@code Ssl.write}. */
final class OurWriter implements TlsWriter {
    /** A third of what TLS 1.2 may seal under one key with AES-GCM: 2^24.5 records. */
    private static final long WORN = 1 << 23;

    private static final int ROOM = 1 << 17;

    private final Ssl ssl;
    private final String engine;
    private final ByteBuffer arrived = ByteBuffer.allocate(ROOM);

    /**
     * @param engine that is to seal everything
     */
    OurWriter(Ssl ssl, String engine) {
        this.ssl = ssl;
        this.engine = engine;
    }

    void handshake(EngineEnd client) throws IOException {
        ssl.setBio(new Between(arrived, client.arrived()));
        ssl.setAcceptState();
        client.handshake(
                new EngineEnd.OtherEnd() {
                    private boolean done;

                    @Override
                    public boolean isHandshaking() {
                        return !done;
                    }

                    @Override
                    public void advance(ByteBuffer out) throws IOException {
                        done |= ssl.doHandshake() == 1;
                        if (ssl.failure() != null) {
                            throw failure();
                        }
                    }

                    @Override
                    public ByteBuffer arrived() {
                        return arrived;
                    }
                });
    }

    @Override
    public void into(WritableByteChannel channel) {
        ssl.setBio(new Into(channel));
    }

    @Override
    public void write(ByteBuffer src) throws IOException {
        if (ssl.write(src) <= 0) {
            throw failure();
        }
    }

    private IOException failure() {
        SslFailure failure = ssl.failure();
        return new IOException(String.valueOf(failure), failure == null ? null : failure.cause());
    }

    @Override
    public boolean isWornOut() {
        return ssl.statistics().records() > WORN;
    }

    @Override
    public void requireOwnSealing() throws WrongBytesException {
        SslStatistics statistics = ssl.statistics();
        for (SealedBy part : statistics.sealedBy()) {
            if (!part.engine().equals(engine)) {
                throw new WrongBytesException(
                        "%s sealed %d records in the place of %s: %s"
                                .formatted(
                                        part.engine(),
                                        part.records(),
                                        engine,
                                        statistics.failures()));
            }
        }
    }

    @Override
    public void close() {
        ssl.close();
    }

    /** The transport of the handshake. */
    private record Between(ByteBuffer arrived, ByteBuffer out) implements Bio {
        @Override
        public int read(ByteBuffer dst) {
            arrived.flip();
            int n = Math.min(arrived.remaining(), dst.remaining());
            dst.put(arrived.slice(0, n));
            arrived.position(n).compact();
            return n;
        }

        @Override
        public int write(ByteBuffer src) {
            int n = Math.min(src.remaining(), out.remaining());
            out.put(src.slice(src.position(), n));
            src.position(src.position() + n);
            return n;
        }

        @Override
        public void close() {}
    }

    /** The transport of the measurement; nothing comes back. */
    private record Into(WritableByteChannel channel) implements Bio {
        @Override
        public int read(ByteBuffer dst) {
            return RETRY;
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return channel.write(src);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
