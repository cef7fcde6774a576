package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rows W1, W11, W12, W13, F1 and F4: what a write returns, and into which records it goes. */
@Timeout(60)
class WriteTest {
    private static final int[] SIZES = {
        1, 2, 511, 512, 513, 16383, 16384, 16385, 32768, 32769, 65536, 65537, 200_007
    };
    private static final int[] FRAGMENTS = {512, 513, 1000, 4096, 16383, 16384};

    @Tag("W1")
    @Tag("W12")
    @Tag("F4")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void writesAllBeforeItReturns(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            int sent = 0;
            byte[] all = new byte[0];
            for (int size : SIZES) {
                byte[] data = Data.bytes(size);
                ByteBuffer src = ByteBuffer.wrap(data);
                int mark = link.transport().mark();
                link.assertDone(link.ssl().write(src), size);
                assertEquals(size, src.position());
                assertEquals(size, src.limit(), "the limit stays");
                assertEquals(
                        bodies(link, size, 16384),
                        bodies(link.recordsSince(mark)),
                        "records of " + size);
                all = Data.join(all, data);
                sent += size;
                Data.assertSame(all, link.received(), size + " bytes from " + scene);
            }
            assertEquals(sent, link.ssl().statistics().bytes());
        }
    }

    /** The body lengths of a write: full records, then the rest. */
    private static List<Integer> bodies(Link link, int size, int fragment) {
        List<Integer> bodies = new ArrayList<>();
        for (int left = size; left > 0; left -= fragment) {
            bodies.add(link.bodyOf(Math.min(left, fragment)));
        }
        return bodies;
    }

    private static List<Integer> bodies(List<TlsRecord> records) {
        return records.stream().map(TlsRecord::length).toList();
    }

    @Tag("W1")
    @Test
    void lastByteIsWithTheTransportOnReturn() {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.transport().onOtherWrites(ScriptedBio.take(777));
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(ByteBuffer.wrap(Data.bytes(100_000))), 100_000);
            int after = link.transport().mark();
            assertEquals(bodies(link, 100_000, 16384), bodies(link.recordsSince(mark)));
            link.assertDone(link.ssl().write(ByteBuffer.allocate(0)), 0);
            assertEquals(after, link.transport().mark(), "nothing was left to flush");
        }
    }

    static List<Arguments> scenesAndFragments() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (int fragment : FRAGMENTS) {
                rows.add(Arguments.of(scene, fragment));
            }
        }
        return rows;
    }

    @Tag("F1")
    @Tag("F4")
    @ParameterizedTest
    @MethodSource("scenesAndFragments")
    void recordsAreFullExceptTheLast(Scene scene, int fragment) {
        try (Link link =
                Link.toJsse(scene, builder -> builder.maxSendFragment(fragment)).handshake()) {
            byte[] all = new byte[0];
            for (int size :
                    new int[] {
                        1,
                        fragment - 1,
                        fragment,
                        fragment + 1,
                        3 * fragment,
                        3 * fragment + 1,
                        70_000
                    }) {
                int mark = link.transport().mark();
                byte[] data = Data.bytes(size);
                link.assertDone(link.ssl().write(data, 0, size), size);
                assertEquals(
                        bodies(link, size, fragment),
                        bodies(link.recordsSince(mark)),
                        "records of " + size);
                all = Data.join(all, data);
            }
            Data.assertSame(all, link.received(), fragment + " from " + scene);
        }
    }

    @Tag("F4")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void recordsHaveTheSizeThatTheSuiteAsksFor(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            for (int size : new int[] {1, 15, 16, 17, 16384, 16385}) {
                int mark = link.transport().mark();
                link.assertDone(link.ssl().write(Data.bytes(size), 0, size), size);
                assertEquals(
                        bodies(link, size, 16384),
                        bodies(link.recordsSince(mark)),
                        "records of " + size);
            }
        }
    }

    @Tag("F1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void handshakeMessagesObeyTheLimitToo(Scene scene) throws IdentityException {
        // A chain of a kilobyte and more.
        X509Certificate ca = Pki.CA.certificate();
        TlsIdentity identity = TlsIdentity.of(Pki.EC.key(), List.of(Pki.EC.certificate(), ca, ca));
        SslContext context =
                SslContext.builder()
                        .identity(identity)
                        .trust(List.of(ca))
                        .versions(List.of(scene.version()))
                        .cipherSuites(List.of(scene.suite()))
                        .maxSendFragment(512)
                        .build();
        try (Link link = Link.toJsse(scene, context, TwoWayBio.pair()).handshake()) {
            for (TlsRecord record : link.recordsSince(0)) {
                assertTrue(
                        record.length() <= link.bodyOf(512),
                        () -> "more than 512 bytes of content: " + record);
            }
        }
    }

    @Tag("W11")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void partialWriteReturnsAfterOneRecord(Scene scene) {
        byte[] data = Data.bytes(40_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(scene).handshake()) {
            link.ssl().setMode(SslMode.ENABLE_PARTIAL_WRITE);
            for (int wanted : new int[] {16384, 16384, 7232}) {
                int mark = link.transport().mark();
                int before = src.position();
                link.assertDone(link.ssl().write(src), wanted);
                assertEquals(before + wanted, src.position());
                assertEquals(List.of(link.bodyOf(wanted)), bodies(link.recordsSince(mark)));
            }
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W11")
    @ParameterizedTest
    @ValueSource(ints = {512, 513, 16383})
    void partialWriteReturnsMaxSendFragment(int fragment) {
        byte[] data = Data.bytes(3 * fragment);
        try (Link link =
                Link.toJsse(Scene.ANY, builder -> builder.maxSendFragment(fragment)).handshake()) {
            link.ssl().setMode(SslMode.ENABLE_PARTIAL_WRITE);
            int done = 0;
            while (done < data.length) {
                link.assertDone(link.ssl().write(data, done, data.length - done), fragment);
                done += fragment;
            }
            Data.assertSame(data, link.received(), "in parts of " + fragment);
        }
    }

    @Tag("W11")
    @Test
    void partialWriteThatMeetsAFullTransport() {
        byte[] data = Data.bytes(40_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.ssl().setMode(SslMode.ENABLE_PARTIAL_WRITE);
            link.transport().onWrite(ScriptedBio.take(100), ScriptedBio.RETRY);
            link.assertWants(link.ssl().write(src), SslError.WANT_WRITE);
            assertEquals(0, src.position());
            link.assertDone(link.ssl().write(src), 16384);
            assertEquals(16384, src.position());
            // What comes next is a new write: from other storage, and shorter.
            byte[] rest = Data.bytes(10);
            link.assertDone(link.ssl().write(rest, 0, rest.length), 10);
            byte[] wanted = Data.join(java.util.Arrays.copyOf(data, 16384), rest);
            Data.assertSame(wanted, link.received(), "one record, then another write");
        }
    }

    @Tag("W11")
    @Test
    void partialWriteOfSeveralBuffersMovesTheirPositions() {
        ByteBuffer[] srcs = {
            ByteBuffer.wrap(Data.bytes(10_000)),
            ByteBuffer.allocate(0),
            ByteBuffer.wrap(Data.bytes(9_999)),
            ByteBuffer.wrap(Data.bytes(5))
        };
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.ssl().setMode(SslMode.ENABLE_PARTIAL_WRITE);
            link.assertDone(link.ssl().write(srcs), 16384);
            assertEquals(List.of(10_000, 0, 6384, 0), positions(srcs));
            link.assertDone(link.ssl().write(srcs), 20_004 - 16384);
            assertEquals(List.of(10_000, 0, 9_999, 5), positions(srcs));
            Data.assertSame(
                    Data.join(Data.bytes(10_000), Data.bytes(9_999), Data.bytes(5)),
                    link.received(),
                    "gathered in parts");
        }
    }

    private static List<Integer> positions(ByteBuffer[] buffers) {
        return java.util.Arrays.stream(buffers).map(ByteBuffer::position).toList();
    }

    @Tag("W12")
    @Test
    void modeCanBeTurnedOffAgain() {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            assertEquals(Set.of(SslMode.AUTO_RETRY), link.ssl().modes(), "on by default");
            link.ssl().setMode(SslMode.ENABLE_PARTIAL_WRITE);
            assertEquals(
                    Set.of(SslMode.AUTO_RETRY, SslMode.ENABLE_PARTIAL_WRITE), link.ssl().modes());
            link.ssl().clearMode(SslMode.ENABLE_PARTIAL_WRITE);
            link.ssl().clearMode(SslMode.AUTO_RETRY);
            assertEquals(Set.of(), link.ssl().modes());
            link.assertDone(link.ssl().write(Data.bytes(40_000), 0, 40_000), 40_000);
        }
    }

    @Tag("W13")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void emptyWriteMakesNoRecord(Scene scene) {
        ByteBuffer atItsLimit = ByteBuffer.allocate(10).position(10);
        try (Link link = Link.toJsse(scene).handshake()) {
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(ByteBuffer.allocate(0)), 0);
            link.assertDone(link.ssl().write(ByteBuffer.allocateDirect(0)), 0);
            link.assertDone(link.ssl().write(atItsLimit), 0);
            link.assertDone(link.ssl().write(new byte[3], 3, 0), 0);
            link.assertDone(link.ssl().write(new ByteBuffer[0]), 0);
            link.assertDone(
                    link.ssl().write(new ByteBuffer[] {ByteBuffer.allocate(0), atItsLimit}), 0);
            assertEquals(mark, link.transport().mark(), "nothing on the wire");
            byte[] data = Data.bytes(7);
            link.assertDone(link.ssl().write(data, 0, 7), 7);
            Data.assertSame(data, link.received(), scene.toString());
        }
    }

    @Tag("W1")
    @Test
    void sameBufferTwiceIsItsBytesTwice() {
        // As the JDK's gathering channels have it.
        byte[] data = Data.bytes(20_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            link.assertDone(link.ssl().write(new ByteBuffer[] {src, src}), 40_000);
            assertEquals(0, src.remaining());
            Data.assertSame(Data.join(data, data), link.received(), "twice");
        }
    }
}
