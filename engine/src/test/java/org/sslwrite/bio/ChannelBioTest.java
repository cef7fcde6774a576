package org.sslwrite.bio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;

/** Over two ends of a real connection on the loopback interface. */
@Timeout(30)
class ChannelBioTest {
    private SocketChannel near;
    private SocketChannel far;
    private ChannelBio bio;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            near = SocketChannel.open(server.getLocalAddress());
            far = server.accept();
        }
        bio = new ChannelBio(near);
    }

    @AfterEach
    void disconnect() throws IOException {
        near.close();
        far.close();
    }

    @ParameterizedTest(name = "direct buffers: {0}")
    @ValueSource(booleans = {false, true})
    void aBlockingChannelNeverSaysRetry(boolean direct) throws Exception {
        int total = 5_000_000;
        FutureTask<Long> reader = new FutureTask<>(() -> readToTheEnd(new ChannelBio(far), direct));
        Thread.ofPlatform().start(reader);
        Numbered written = new Numbered();
        while (written.count() < total) {
            ByteBuffer src = written.peek((int) Math.min(100_000, total - written.count()), direct);
            int n = bio.write(src);
            assertTrue(n > 0);
            assertEquals(n, src.position());
            written.advance(n);
        }
        bio.close();
        assertEquals(total, reader.get());
    }

    private static long readToTheEnd(Bio bio, boolean direct) throws IOException {
        Numbered read = new Numbered();
        ByteBuffer dst = direct ? ByteBuffer.allocateDirect(30_000) : ByteBuffer.allocate(30_000);
        for (int n = bio.read(dst); n != Bio.CLOSED; n = bio.read(dst.clear())) {
            assertTrue(n > 0, "a blocking channel said retry");
            assertEquals(n, dst.position());
            read.verify(dst);
        }
        return read.count();
    }

    @Test
    void aNonBlockingChannelSaysRetryWhenItIsEmptyAndWhenItIsFull() throws IOException {
        near.configureBlocking(false);
        assertEquals(Bio.RETRY, bio.read(ByteBuffer.allocate(10)));

        Numbered written = new Numbered();
        ByteBuffer src = written.peek(100_000, true);
        for (int n = bio.write(src); n != Bio.RETRY; n = bio.write(src)) {
            written.advance(n);
            src = written.peek(100_000, true);
        }
        assertEquals(0, src.position(), "a retry takes nothing");

        Numbered read = new Numbered();
        while (read.count() < written.count()) {
            ByteBuffer dst = ByteBuffer.allocate(100_000);
            far.read(dst);
            read.verify(dst);
        }
        await(SelectionKey.OP_WRITE);
        assertTrue(bio.write(src) > 0);

        far.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        await(SelectionKey.OP_READ);
        assertEquals(3, bio.read(ByteBuffer.allocate(10)));
    }

    @Test
    void theEndOfTheStreamIsClosedWhetherBlockingOrNot() throws IOException {
        far.shutdownOutput();
        assertEquals(Bio.CLOSED, bio.read(ByteBuffer.allocate(1)));
        near.configureBlocking(false);
        await(SelectionKey.OP_READ);
        assertEquals(Bio.CLOSED, bio.read(ByteBuffer.allocate(1)));
        assertEquals(1, bio.write(ByteBuffer.allocate(1)), "the other direction is open");
    }

    @Test
    void closedHereIsClosed() throws IOException {
        bio.close();
        bio.close();
        assertFalse(near.isOpen());
        assertEquals(Bio.CLOSED, bio.read(ByteBuffer.allocate(1)));
        assertEquals(Bio.CLOSED, bio.write(ByteBuffer.allocate(1)));
    }

    @Test
    void halfClosedHereIsClosedForWriting() throws IOException {
        near.shutdownOutput();
        assertEquals(Bio.CLOSED, bio.write(ByteBuffer.allocate(1)));
        far.write(ByteBuffer.allocate(1));
        assertEquals(1, bio.read(ByteBuffer.allocate(1)));
    }

    /** Before the read begins or while it waits: the answer is the same. */
    @Test
    void closedByAnotherThreadIsClosed() throws Exception {
        FutureTask<Integer> reader = new FutureTask<>(() -> bio.read(ByteBuffer.allocate(1)));
        Thread.ofPlatform().start(reader);
        bio.close();
        assertEquals(Bio.CLOSED, reader.get());
    }

    @Test
    void aResetIsAnExceptionWhenReading() throws IOException {
        reset();
        assertThrows(IOException.class, () -> bio.read(ByteBuffer.allocate(1)));
    }

    @Test
    void aResetIsAnExceptionWhenWriting() throws IOException {
        reset();
        assertThrows(
                IOException.class,
                () -> {
                    for (int i = 0; i < 1000; i++) {
                        bio.write(ByteBuffer.allocate(100_000));
                    }
                });
    }

    private void reset() throws IOException {
        far.setOption(StandardSocketOptions.SO_LINGER, 0);
        far.close();
    }

    @Test
    void anInterruptSaysSoOnceAndIsClosedThen() throws IOException {
        Thread.currentThread().interrupt();
        try {
            assertThrows(ClosedByInterruptException.class, () -> bio.read(ByteBuffer.allocate(1)));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertEquals(Bio.CLOSED, bio.read(ByteBuffer.allocate(1)));
        assertEquals(Bio.CLOSED, bio.write(ByteBuffer.allocate(1)));
    }

    @Test
    void theChannelIsTheOneGiven() {
        assertSame(near, bio.channel());
    }

    @Test
    void whatAnyOtherChannelAnswersIsPassedOn() throws IOException {
        ChannelBio scripted = new ChannelBio(new ScriptedChannel(0, 1, -1));
        ByteBuffer buffer = ByteBuffer.allocate(9);
        assertEquals(Bio.RETRY, scripted.read(buffer));
        assertEquals(1, scripted.write(buffer));
        assertEquals(Bio.CLOSED, scripted.read(buffer));
        IOException broken = assertThrows(IOException.class, () -> scripted.write(buffer));
        assertEquals("end of the script", broken.getMessage());
    }

    private void await(int operation) throws IOException {
        try (Selector selector = Selector.open()) {
            near.register(selector, operation);
            assertEquals(1, selector.select(20_000), "ready within 20 s");
        }
    }

    /** A mock: answers as written down, and then is broken. */
    private static final class ScriptedChannel implements ByteChannel {
        private final int[] answers;
        private int next;

        ScriptedChannel(int... answers) {
            this.answers = answers;
        }

        private int answer() throws IOException {
            if (next == answers.length) {
                throw new IOException("end of the script");
            }
            return answers[next++];
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return answer();
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return answer();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
