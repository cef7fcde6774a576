package org.sslwrite.differential;

import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslError;
import org.sslwrite.SslMode;
import org.sslwrite.SslShutdown;
import org.sslwrite.differential.Setup.Role;

import java.nio.ByteBuffer;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Our implementation as the subject. */
final class OurSubject implements Subject {
    private static final Map<Options, SslContext> CONTEXTS = new ConcurrentHashMap<>();

    private record Options(Suite suite, int fragment, boolean renegotiation) {
        SslContext context() {
            return SslContext.builder()
                    .identity(OpenSslContext.IDENTITY)
                    .trustAnyone()
                    .versions(List.of(suite.suite().version()))
                    .cipherSuites(List.of(suite.suite()))
                    .encryptThenMac(suite.encryptThenMac())
                    .maxSendFragment(fragment)
                    .idleAfter(ChronoUnit.FOREVER.getDuration())
                    .allowRenegotiation(renegotiation)
                    .build();
        }
    }

    private final Setup setup;
    private final RecordTransport wire;
    private final Ssl ssl;
    private byte[] read = new byte[0];
    private long moved;

    OurSubject(Setup setup, RecordTransport wire) {
        this.setup = setup;
        this.wire = wire;
        this.ssl =
                CONTEXTS.computeIfAbsent(
                                new Options(setup.suite(), setup.fragment(), setup.renegotiation()),
                                Options::context)
                        .newSsl();
        setup.modes().forEach(ssl::setMode);
    }

    @Override
    public void begin() {
        if (setup.role() == Role.CLIENT) {
            ssl.setConnectState();
        } else {
            ssl.setAcceptState();
        }
        attach();
    }

    @Override
    public void attach() {
        ssl.setBio(wire.bio());
    }

    @Override
    public void setWriteWire(RecordTransport other) {
        ssl.setWriteBio(other.bio());
    }

    @Override
    public void setReadWire(RecordTransport other) {
        ssl.setReadBio(other.bio());
    }

    private Result call(LongSupplier function) {
        long value;
        try {
            value = function.getAsLong();
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            return new Result(-1, e.getClass().getSimpleName(), null);
        }
        SslError error = ssl.getError(value);
        String reason = error == SslError.SSL ? ssl.failure().reason().name() : null;
        return new Result(value, error.name(), reason);
    }

    @Override
    public Result handshake() {
        return call(ssl::doHandshake);
    }

    @Override
    public Result write(int buffer, int offset, int length) {
        moved = 0;
        return switch (setup.face()) {
            case HEAP -> write(Buffers.heap(buffer, offset, length));
            case DIRECT -> write(Buffers.direct(buffer, offset, length));
            case ARRAY -> {
                Result result = call(() -> ssl.write(Buffers.array(buffer), offset, length));
                moved = Math.max(0, result.value());
                yield result;
            }
            case GATHERED -> {
                ByteBuffer[] pieces = Buffers.gathered(buffer, offset, length);
                Result result = call(() -> ssl.write(pieces));
                moved = length - Arrays.stream(pieces).mapToLong(ByteBuffer::remaining).sum();
                yield result;
            }
            case EX -> writeEx(Buffers.direct(buffer, offset, length));
        };
    }

    private Result write(ByteBuffer source) {
        int start = source.position();
        Result result = call(() -> ssl.write(source));
        moved = source.position() - start;
        return result;
    }

    private Result writeEx(ByteBuffer source) {
        int start = source.position();
        Result result = call(() -> ssl.writeEx(source) ? 1 : 0);
        moved = source.position() - start;
        long value = result.value() == 1 ? moved : -1;
        return new Result(value, result.error(), result.reason());
    }

    @Override
    public long moved() {
        return moved;
    }

    @Override
    public Result read(int length) {
        ByteBuffer target = ByteBuffer.allocate(length);
        Result result = call(() -> ssl.read(target));
        read = Arrays.copyOf(target.array(), target.position());
        return result;
    }

    @Override
    public byte[] lastRead() {
        return read;
    }

    @Override
    public Result shutdown() {
        return call(ssl::shutdown);
    }

    @Override
    public Result keyUpdate(boolean requestPeer) {
        return call(() -> ssl.keyUpdate(requestPeer));
    }

    @Override
    public Result renegotiate() {
        return call(ssl::renegotiate);
    }

    @Override
    public void setMode(SslMode mode) {
        ssl.setMode(mode);
    }

    @Override
    public void clearMode(SslMode mode) {
        ssl.clearMode(mode);
    }

    @Override
    public void setQuietShutdown(boolean quiet) {
        ssl.setQuietShutdown(quiet);
    }

    @Override
    public void setBlockPadding(int block) {
        ssl.setBlockPadding(block);
    }

    @Override
    public boolean acceptsMaxSendFragment(int bytes) {
        try {
            return new Options(setup.suite(), bytes, false).context().maxSendFragment() == bytes;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public int pending() {
        return ssl.pending();
    }

    @Override
    public boolean hasPending() {
        return ssl.hasPending();
    }

    @Override
    public boolean isInitFinished() {
        return ssl.isInitFinished();
    }

    @Override
    public Set<String> shutdownState() {
        Set<String> state = new TreeSet<>();
        if (ssl.getShutdown().contains(SslShutdown.SENT_SHUTDOWN)) {
            state.add("SENT");
        }
        if (ssl.getShutdown().contains(SslShutdown.RECEIVED_SHUTDOWN)) {
            state.add("RECEIVED");
        }
        return state;
    }

    @Override
    public void close() {
        ssl.close();
    }
}
