package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.PASS;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.after;
import static org.sslwrite.kit.ScriptedBio.crash;
import static org.sslwrite.kit.ScriptedBio.take;

import static java.util.Map.entry;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.WriteAfterEndTest.Call;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.MemoryBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Row W24: one caller at a time, and whatever the second one does, the first one's bytes are whole.
 */
@Timeout(60)
class OneCallerTest {
    private static final long SECONDS = 20;

    private static final Bio NOWHERE = new MemoryBio();

    /** Every method that changes a setting, by name. */
    private static final Map<String, Consumer<Ssl>> SETTERS =
            Map.ofEntries(
                    entry("setBio", ssl -> ssl.setBio(NOWHERE)),
                    entry("setReadBio", ssl -> ssl.setReadBio(NOWHERE)),
                    entry("setWriteBio", ssl -> ssl.setWriteBio(NOWHERE)),
                    entry("setHost", ssl -> ssl.setHost("other.example")),
                    entry("setConnectState", Ssl::setConnectState),
                    entry("setAcceptState", Ssl::setAcceptState),
                    entry("setMode", ssl -> ssl.setMode(SslMode.ENABLE_PARTIAL_WRITE)),
                    entry("clearMode", ssl -> ssl.clearMode(SslMode.AUTO_RETRY)),
                    entry("setQuietShutdown", ssl -> ssl.setQuietShutdown(true)),
                    entry("setBlockPadding", ssl -> ssl.setBlockPadding(16)),
                    entry("setRecordPadding", ssl -> ssl.setRecordPadding((type, n) -> 1)));

    @Tag("W24")
    @Test
    void everySetterIsListed() {
        Set<String> setters =
                Arrays.stream(Ssl.class.getMethods())
                        .map(Method::getName)
                        .filter(name -> name.startsWith("set") || name.startsWith("clear"))
                        .collect(Collectors.toSet());
        assertEquals(setters, SETTERS.keySet());
    }

    static List<Call> everyCall() {
        List<Call> calls = new ArrayList<>(WriteAfterEndTest.everyCall());
        calls.add(new Call("keyUpdate", ssl -> ssl.keyUpdate(false)));
        calls.add(new Call("renegotiate", Ssl::renegotiate));
        SETTERS.forEach(
                (name, setter) ->
                        calls.add(
                                new Call(
                                        name,
                                        ssl -> {
                                            setter.accept(ssl);
                                            return 0;
                                        })));
        calls.add(
                new Call(
                        "close",
                        ssl -> {
                            ssl.close();
                            return 0;
                        }));
        return calls;
    }

    static List<Arguments> scenesAndCalls() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : List.of(Scene.ANY, Scene.tls12().getLast())) {
            for (Call call : everyCall()) {
                rows.add(Arguments.of(scene, call));
            }
        }
        return rows;
    }

    @Tag("W24")
    @ParameterizedTest
    @MethodSource("scenesAndCalls")
    void callFromWithinTheTransportIsRefused(Scene scene, Call call) {
        byte[] data = Data.bytes(100_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            Runnable reentry =
                    () ->
                            assertThrows(
                                    IllegalStateException.class,
                                    () -> call.body().on(link.ssl()),
                                    call.name());
            link.transport()
                    .onWrite(after(reentry, take(5)), after(reentry, RETRY), after(reentry, PASS));
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            link.assertDone(link.ssl().write(src), data.length);
            link.recordsSince(mark);
            Data.assertSame(
                    data, link.received(), "a transport that calls " + call + " and catches");
        }
    }

    @Tag("W24")
    @ParameterizedTest
    @MethodSource("scenesAndCalls")
    void refusalThatTheTransportLetsThroughCorruptsNothing(Scene scene, Call call) {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            Runnable reentry = () -> call.body().on(link.ssl());
            link.transport()
                    .onWrite(after(reentry, PASS), take(70_000), after(reentry, PASS))
                    .onWrite(take(3), after(reentry, PASS), PASS, after(reentry, PASS));
            for (int i = 0; i < 4; i++) {
                // Refused within the first of them, thrown by the outer call.
                assertThrows(IllegalStateException.class, () -> link.ssl().write(src));
                assertEquals(0, src.position());
            }
            link.assertDone(link.ssl().write(src), data.length);
            link.recordsSince(mark);
            Data.assertSame(
                    data,
                    link.received(),
                    "a transport that calls " + call + " and lets the refusal through");
        }
    }

    @Tag("W24")
    @ParameterizedTest
    @MethodSource("scenesAndCalls")
    void callFromWithinTheTransportsReadIsRefused(Scene scene, Call call) {
        byte[] data = Data.bytes(20_000);
        Runnable reentry =
                () ->
                        assertThrows(
                                IllegalStateException.class,
                                () -> call.body().on(currentSsl),
                                call.name());
        try (Link link = Link.toJsse(scene)) {
            currentSsl = link.ssl();
            link.transport().onOtherReads(after(reentry, PASS));
            link.handshake();
            link.peer().send(data);
            Data.assertSame(
                    data,
                    link.readFully(data.length),
                    "a transport that calls " + call + " when it is read");
        }
    }

    private Ssl currentSsl;

    @Tag("W24")
    @Test
    void crashingTransportDoesNotMakeTheWriteComeTwice() {
        byte[] data = Data.bytes(200_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            int mark = link.transport().mark();
            // A channel that is not connected yet throws this.
            link.transport().onWrite(crash(new NotYetConnectedException()));
            assertThrows(NotYetConnectedException.class, () -> link.ssl().write(src));
            assertEquals(0, src.position());
            link.assertDone(link.ssl().write(src), data.length);
            link.recordsSince(mark);
            Data.assertSame(data, link.received(), "after a transport that was not connected yet");
        }
    }

    @Tag("W24")
    @Test
    void transportThatCrashesAfterItTookBytesTearsNoRecord() {
        byte[] data = Data.bytes(50_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            int mark = link.transport().mark();
            link.transport()
                    .onWrite(
                            (direction, inner, buffer) -> {
                                take(100).move(direction, inner, buffer);
                                throw new IllegalStateException("after a hundred bytes");
                            });
            assertThrows(IllegalStateException.class, () -> link.ssl().write(src));
            assertEquals(0, src.position());
            link.assertDone(link.ssl().write(src), data.length);
            link.recordsSince(mark);
            Data.assertSame(data, link.received(), "after a transport that took bytes and crashed");
        }
    }

    @Tag("W24")
    @Test
    void crashingReadChangesNothing() {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.peer().send(Data.bytes(1000));
            link.peer().turn();
            link.transport().onRead(crash(new NotYetConnectedException()));
            assertThrows(
                    NotYetConnectedException.class, () -> link.ssl().read(ByteBuffer.allocate(10)));
            Data.assertSame(Data.bytes(1000), link.readFully(1000), "after a read that crashed");
        }
    }

    @Tag("W24")
    @ParameterizedTest
    @MethodSource("scenesAndCalls")
    void callOfAnotherThreadIsRefusedAtOnce(Scene scene, Call call) throws Exception {
        byte[] data = Data.bytes(100_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ScriptedBio.Step holdUp =
                after(
                        () -> {
                            inside.countDown();
                            await(go);
                        },
                        PASS);
        try (Link link = Link.toJsse(scene).handshake();
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            int mark = link.transport().mark();
            link.transport().onWrite(holdUp);
            Future<Integer> write = other.submit(() -> link.ssl().write(src));
            try {
                assertTrue(
                        inside.await(SECONDS, TimeUnit.SECONDS),
                        "the other thread is in the transport");
                assertThrows(
                        IllegalStateException.class, () -> call.body().on(link.ssl()), call.name());
            } finally {
                go.countDown();
            }
            assertEquals(data.length, write.get(SECONDS, TimeUnit.SECONDS));
            assertEquals(SslError.NONE, link.ssl().getError(data.length));
            link.recordsSince(mark);
            Data.assertSame(data, link.received(), "with " + call + " from another thread");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(new TimeoutException());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Tag("W24")
    @Test
    void writesOfManyThreadsInTurnAreOneStream() throws Exception {
        try (Link link = Link.toJsse(Scene.ANY).handshake();
                ExecutorService pool = Executors.newFixedThreadPool(4)) {
            byte[] all = new byte[0];
            for (int i = 1; i <= 40; i++) {
                byte[] data = Data.bytes(1000 + i);
                Future<Integer> write = pool.submit(() -> link.ssl().write(data, 0, data.length));
                assertEquals(data.length, write.get(SECONDS, TimeUnit.SECONDS));
                all = Data.join(all, data);
            }
            Data.assertSame(all, link.received(), "a thread after the other");
        }
    }

    @Tag("W24")
    @Test
    void writesOfManyThreadsAtOnceAreWholeOrRefused() throws Exception {
        int threads = 4;
        int each = 200;
        try (Link link = Link.toJsse(Scene.ANY).handshake();
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            int mark = link.transport().mark();
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Integer>> writers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                byte[] data = new byte[50];
                java.util.Arrays.fill(data, (byte) ('a' + t));
                writers.add(
                        pool.submit(
                                () -> {
                                    await(start);
                                    int done = 0;
                                    for (int i = 0; i < each; i++) {
                                        try {
                                            assertEquals(
                                                    data.length,
                                                    link.ssl().write(data, 0, data.length));
                                            done++;
                                        } catch (IllegalStateException refused) {
                                            Thread.onSpinWait();
                                        }
                                    }
                                    return done;
                                }));
            }
            start.countDown();
            int done = 0;
            for (Future<Integer> writer : writers) {
                done += writer.get(SECONDS, TimeUnit.SECONDS);
            }
            assertTrue(done > 0);
            assertEquals(done, link.recordsSince(mark).size());
            byte[] received = link.received();
            assertEquals(50 * done, received.length);
            for (int i = 0; i < received.length; i++) {
                assertEquals(
                        received[i / 50 * 50], received[i], "a write is never mixed with another");
            }
        }
    }
}
