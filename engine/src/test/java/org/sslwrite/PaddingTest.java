package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.ScriptedBio.RETRY;
import static org.sslwrite.kit.ScriptedBio.take;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.nio.ByteBuffer;
import java.util.Random;

/** Row F3: padding of TLS 1.3 records, by block and by policy, and policies that misbehave. */
@Timeout(60)
class PaddingTest {
    private static final int TAG_AND_TYPE = 17;

    @Tag("F3")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 256, 1000, 4096, 16384})
    void toABlockSize(int block) {
        for (Scene scene : Scene.tls13()) {
            try (Link link = Link.toJsse(scene).handshake()) {
                link.ssl().setBlockPadding(block);
                byte[] all = new byte[0];
                for (int size : new int[] {1, 6, 255, 256, 999, 16383, 16384, 40_000}) {
                    int mark = link.transport().mark();
                    link.transport().onWrite(take(3), RETRY);
                    byte[] data = Data.bytes(size);
                    link.writeFully(ByteBuffer.wrap(data));
                    for (TlsRecord record : link.recordsSince(mark)) {
                        int inner = record.length() - 16;
                        assertTrue(
                                block <= 1 || inner % block == 0 || inner == 16385,
                                () -> inner + " bytes are no multiple of " + block);
                        assertTrue(inner <= 16385, "never more than a record may hold");
                    }
                    all = Data.join(all, data);
                }
                Data.assertSame(all, link.received(), scene + ", blocks of " + block);
            }
        }
    }

    @Tag("F3")
    @ParameterizedTest
    @ValueSource(ints = {-1, 16385, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void blockSizesThatAreNone(int block) {
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            assertThrows(IllegalArgumentException.class, () -> link.ssl().setBlockPadding(block));
            link.assertDone(link.ssl().write(new byte[1], 0, 1), 1);
        }
    }

    @Tag("F3")
    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1, 16384, Integer.MAX_VALUE})
    void policyIsClamped(int wanted) {
        byte[] data = Data.bytes(20_000);
        for (int fragment : new int[] {512, 16384}) {
            try (Link link = Link.toJsse(Scene.ANY, b -> b.maxSendFragment(fragment)).handshake()) {
                link.ssl().setRecordPadding((type, length) -> wanted);
                int mark = link.transport().mark();
                link.writeFully(ByteBuffer.wrap(data));
                for (TlsRecord record : link.recordsSince(mark)) {
                    assertTrue(record.length() <= fragment + TAG_AND_TYPE, record.toString());
                }
                Data.assertSame(data, link.received(), "policy of " + wanted);
            }
        }
    }

    @Tag("F3")
    @Test
    void policyThatIsNeverTheSame() {
        long seed = 20_260_103L;
        Random random = new Random(seed);
        byte[] data = Data.bytes(300_000);
        try (Link link = Link.toJsse(Scene.ANY, b -> b.maxSendFragment(5000)).handshake()) {
            link.ssl().setRecordPadding((type, length) -> random.nextInt(6000));
            link.writeFully(ByteBuffer.wrap(data));
            link.ssl().shutdown();
            Data.assertSame(data, link.received(), "seed " + seed);
            assertTrue(link.peer().closeNotifyReceived());
        }
    }

    @Tag("F3")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void tls12HasNone(Scene scene) {
        try (Link link = Link.toJsse(scene).handshake()) {
            link.ssl().setBlockPadding(1024);
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(Data.bytes(10), 0, 10), 10);
            assertEquals(link.bodyOf(10), link.recordsSince(mark).getFirst().length());
            Data.assertSame(Data.bytes(10), link.received(), scene.toString());
        }
    }

    @Tag("F3")
    @Tag("W5")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void policyThatThrowsDoesNotMakeTheWriteComeTwice(int failing) {
        byte[] data = Data.bytes(100_000);
        ByteBuffer src = ByteBuffer.wrap(data);
        IllegalStateException failure = new IllegalStateException("no policy today");
        int[] calls = {0};
        try (Link link = Link.toJsse(Scene.ANY).handshake()) {
            int mark = link.transport().mark();
            link.ssl()
                    .setRecordPadding(
                            (type, length) -> {
                                if (++calls[0] == failing) {
                                    throw failure;
                                }
                                return 0;
                            });
            assertSame(
                    failure,
                    assertThrows(IllegalStateException.class, () -> link.ssl().write(src)));
            assertEquals(0, src.position());
            link.assertDone(link.ssl().write(src), data.length);
            link.recordsSince(mark);
            Data.assertSame(
                    data,
                    link.received(),
                    "policy that throws when it is asked for the " + failing + "th time");
        }
    }
}
