package org.sslwrite.differential;

import org.sslwrite.SslMode;
import org.sslwrite.differential.Setup.Face;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.TreeSet;

/** OpenSSL as the subject. */
final class OpenSslSubject implements Subject {
    private final Setup setup;
    private final RecordTransport wire;
    private final OpenSsl ssl;
    private long moved;

    OpenSslSubject(Setup setup, RecordTransport wire) {
        this.setup = setup;
        this.wire = wire;
        this.ssl =
                OpenSslContext.of(
                                new OpenSslContext.Options(
                                        setup.suite(), setup.renegotiation(), 0, 0))
                        .newSsl();
        if (setup.fragment() != 16384) {
            LibSsl.check(
                    LibSsl.SSL_set_max_send_fragment(ssl.pointer(), setup.fragment()),
                    "set_max_send_fragment");
        }
        setup.modes().forEach(this::setMode);
    }

    @Override
    public void begin() {
        ssl.setRole(setup.role());
        attach();
    }

    @Override
    public void attach() {
        RecordTransport.NativeEnds ends = wire.nativeEnds();
        LibSsl.SSL_set_bio(ssl.pointer(), ends.read(), ends.write());
    }

    @Override
    public void setWriteWire(RecordTransport other) {
        LibSsl.SSL_set0_wbio(ssl.pointer(), other.nativeEnds().write());
    }

    @Override
    public void setReadWire(RecordTransport other) {
        LibSsl.SSL_set0_rbio(ssl.pointer(), other.nativeEnds().read());
    }

    @Override
    public Result handshake() {
        return ssl.handshake();
    }

    @Override
    public Result write(int buffer, int offset, int length) {
        MemorySegment source = Buffers.segment(buffer, offset, Math.max(0, length));
        Result result =
                setup.face() == Face.EX ? ssl.writeEx(source, length) : ssl.write(source, length);
        moved = Math.max(0, result.value());
        return result;
    }

    @Override
    public long moved() {
        return moved;
    }

    @Override
    public Result read(int length) {
        return ssl.read(length);
    }

    @Override
    public byte[] lastRead() {
        return ssl.lastRead();
    }

    @Override
    public Result shutdown() {
        return ssl.shutdown();
    }

    @Override
    public Result keyUpdate(boolean requestPeer) {
        return ssl.keyUpdate(requestPeer);
    }

    @Override
    public Result renegotiate() {
        return ssl.renegotiate();
    }

    private static long bit(SslMode mode) {
        return switch (mode) {
            case ENABLE_PARTIAL_WRITE -> LibSsl.SSL_MODE_ENABLE_PARTIAL_WRITE;
            case ACCEPT_MOVING_WRITE_BUFFER -> LibSsl.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;
            case AUTO_RETRY -> LibSsl.SSL_MODE_AUTO_RETRY;
            case RELEASE_BUFFERS -> LibSsl.SSL_MODE_RELEASE_BUFFERS;
        };
    }

    @Override
    public void setMode(SslMode mode) {
        LibSsl.SSL_set_mode(ssl.pointer(), bit(mode));
    }

    @Override
    public void clearMode(SslMode mode) {
        LibSsl.SSL_clear_mode(ssl.pointer(), bit(mode));
    }

    @Override
    public void setQuietShutdown(boolean quiet) {
        LibSsl.SSL_set_quiet_shutdown(ssl.pointer(), quiet ? 1 : 0);
    }

    @Override
    public void setBlockPadding(int block) {
        LibSsl.check(LibSsl.SSL_set_block_padding(ssl.pointer(), block), "set_block_padding");
    }

    @Override
    public boolean acceptsMaxSendFragment(int bytes) {
        return LibSsl.SSL_set_max_send_fragment(ssl.pointer(), bytes) == 1;
    }

    @Override
    public int pending() {
        return LibSsl.SSL_pending(ssl.pointer());
    }

    @Override
    public boolean hasPending() {
        return LibSsl.SSL_has_pending(ssl.pointer()) == 1;
    }

    @Override
    public boolean isInitFinished() {
        return ssl.isInitFinished();
    }

    @Override
    public Set<String> shutdownState() {
        Set<String> state = new TreeSet<>();
        if (ssl.isShutdownSent()) {
            state.add("SENT");
        }
        if (ssl.isShutdownReceived()) {
            state.add("RECEIVED");
        }
        return state;
    }

    @Override
    public void close() {
        ssl.close();
    }
}
