package org.sslwrite.differential;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.sslwrite.bio.Bio;
import org.sslwrite.bio.ChannelBio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Non-blocking sockets of the kernel's, of the Unix domain: what one end writes is at the other at
 * once. Ours over a {@link ChannelBio}, theirs over OpenSSL's socket BIO.
 */
final class SocketWires {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SHUT_WR = 1;

    private static final MethodHandle SOCKETPAIR =
            function(
                    "socketpair",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle READ =
            function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle SHUTDOWN =
            function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private SocketWires() {}

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    static RecordTransport ours() {
        try {
            Path folder = Files.createTempDirectory("sslwrite");
            Path path = folder.resolve("socket");
            try (ServerSocketChannel server =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
                server.bind(address);
                SocketChannel near = SocketChannel.open(address);
                SocketChannel far = server.accept();
                near.configureBlocking(false);
                far.configureBlocking(false);
                return new Ours(near, far);
            } finally {
                Files.deleteIfExists(path);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RecordTransport theirs() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            int made = (int) SOCKETPAIR.invokeExact(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
            if (made != 0) {
                throw new AssertionError("socketpair said " + made);
            }
            return new Theirs(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
        } catch (AssertionError | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private record Ours(SocketChannel near, SocketChannel far) implements RecordTransport {
        @Override
        public Bio bio() {
            return new ChannelBio(near);
        }

        @Override
        public NativeEnds nativeEnds() {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] take() {
            byte[] all = new byte[0];
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            try {
                while (far.read(chunk.clear()) > 0) {
                    int at = all.length;
                    all = Arrays.copyOf(all, at + chunk.position());
                    chunk.flip().get(all, at, chunk.remaining());
                }
                return all;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int give(byte[] source, int offset, int length) {
            try {
                return length == 0 ? 0 : far.write(ByteBuffer.wrap(source, offset, length));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void end() {
            try {
                far.shutdownOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                near.close();
                far.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Theirs(int near, int far) implements RecordTransport {
        private interface Call {
            Object call() throws Throwable;
        }

        private static long number(Call call) {
            try {
                return ((Number) call.call()).longValue();
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Bio bio() {
            throw new UnsupportedOperationException();
        }

        /** The BIO does not close the socket: {@link #close} does. */
        @Override
        public NativeEnds nativeEnds() {
            MemorySegment bio = LibSsl.BIO_new_socket(near, 0);
            return new NativeEnds(bio, bio);
        }

        @Override
        public byte[] take() {
            byte[] all = new byte[0];
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment chunk = arena.allocate(1 << 16);
                while (true) {
                    long n = number(() -> (long) READ.invokeExact(far, chunk, chunk.byteSize()));
                    if (n <= 0) {
                        return all;
                    }
                    int at = all.length;
                    all = Arrays.copyOf(all, at + (int) n);
                    MemorySegment.copy(chunk, 0, MemorySegment.ofArray(all), at, n);
                }
            }
        }

        @Override
        public int give(byte[] source, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes =
                        arena.allocate(length)
                                .copyFrom(MemorySegment.ofArray(source).asSlice(offset, length));
                long n = number(() -> (long) WRITE.invokeExact(far, bytes, (long) length));
                return (int) Math.max(0, n);
            }
        }

        @Override
        public void end() {
            number(() -> (int) SHUTDOWN.invokeExact(far, SHUT_WR));
        }

        @Override
        public void close() {
            number(() -> (int) CLOSE.invokeExact(near));
            number(() -> (int) CLOSE.invokeExact(far));
        }
    }
}
