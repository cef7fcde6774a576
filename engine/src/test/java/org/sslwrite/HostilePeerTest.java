package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.WriteAfterEndTest.Call;
import org.sslwrite.bio.Bio;
import org.sslwrite.bio.MemoryBio;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.HandshakeMessage;
import org.sslwrite.kit.JssePeer;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.RawPeer;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap;
import org.sslwrite.kit.WireTap.TlsRecord;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Peers that speak something else, or TLS as nobody should: one reason, at once, and nothing grows.
 */
@Timeout(60)
class HostilePeerTest {
    private static final long SEED = Long.getLong("sslwrite.seed", 20_260_102L);
    private static final int PATIENCE = 5_000;

    /**
     * Bytes that come instead of a handshake.
     *
     * @param what for a person
     * @param bytes the first that come; then the transport ends
     * @param asServer the reason that our server gives
     * @param asClient the reason that our client gives
     */
    record Instead(String what, byte[] bytes, SslReason asServer, SslReason asClient) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Instead text(String what, String text, SslReason asServer, SslReason asClient) {
        return new Instead(what, text.getBytes(ISO_8859_1), asServer, asClient);
    }

    private static Instead hex(String what, String hex, SslReason asServer, SslReason asClient) {
        return new Instead(what, HexFormat.of().parseHex(hex.replace(" ", "")), asServer, asClient);
    }

    private static Instead hex(String what, String hex, SslReason reason) {
        return hex(what, hex, reason, reason);
    }

    static List<Instead> instead() {
        SslReason http = SslReason.HTTP_REQUEST;
        SslReason noTls = SslReason.WRONG_VERSION_NUMBER;
        SslReason eof = SslReason.UNEXPECTED_EOF_WHILE_READING;
        SslReason unexpected = SslReason.UNEXPECTED_MESSAGE;
        SslReason decode = SslReason.BAD_PACKET;
        return List.of(
                text("HTTP GET", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", http, http),
                text("HTTP POST", "POST / HTTP/1.1\r\n\r\n", http, http),
                text("HTTP HEAD", "HEAD / HTTP/1.1\r\n\r\n", http, http),
                text("HTTP PUT", "PUT /x HTTP/1.1\r\n\r\n", http, http),
                text(
                        "HTTP CONNECT",
                        "CONNECT x:443 HTTP/1.1\r\n\r\n",
                        SslReason.HTTPS_PROXY_REQUEST,
                        SslReason.HTTPS_PROXY_REQUEST),
                text("HTTP answer", "HTTP/1.1 400 Bad Request\r\n\r\n", noTls, noTls),
                text("SSH", "SSH-2.0-OpenSSH_9.6\r\n", noTls, noTls),
                text("SMTP", "220 mail.example.com ESMTP\r\n", noTls, noTls),
                hex("SSLv2 hello", "80 2e 01 03 01 00 15 00 00 00 10 01 00 80", noTls),
                hex("zeros", "00 00 00 00 00 00 00 00", noTls),
                hex("ones", "ff ff ff ff ff ff ff ff", noTls),
                hex("SSL 2 version", "16 02 00 00 05 01 00 00 01 00", noTls),
                hex("unknown content type", "18 03 03 00 01 00", SslReason.UNEXPECTED_RECORD),
                hex("unknown content type, 5 bytes", "63 03 01 00 00", SslReason.UNEXPECTED_RECORD),
                hex("major version 4", "16 04 05 00 05 01 00 00 01 00", noTls),
                hex(
                        "hello that is cut",
                        "16 03 01 00 0a 01 00 00 06 03 03 aa bb cc dd",
                        decode,
                        unexpected),
                hex("empty hello", "16 03 01 00 04 01 00 00 00", decode, unexpected),
                hex("nothing", "", eof),
                hex("one byte", "16", eof),
                hex("four bytes", "16 03 01 00", eof),
                hex("header only", "16 03 01 00 50", eof),
                hex("cut in the body", "16 03 01 00 50 01 00 00 4c 03 03", eof),
                hex("length 65535", "16 03 01 ff ff", SslReason.PACKET_LENGTH_TOO_LONG),
                hex("length 18433", "16 03 01 48 01", SslReason.PACKET_LENGTH_TOO_LONG),
                hex("empty handshake record", "16 03 01 00 00", SslReason.BAD_VALUE),
                hex("application data", "17 03 03 00 05 01 02 03 04 05", unexpected),
                hex("unknown handshake message", "16 03 03 00 04 63 00 00 00", unexpected),
                hex(
                        "Finished first",
                        "16 03 03 00 10 14 00 00 0c 00 00 00 00 00 00 00 00 00 00 00 00",
                        unexpected),
                hex("ChangeCipherSpec first", "14 03 03 00 01 01", unexpected),
                hex(
                        "message of 16 MB",
                        "16 03 03 00 04 01 ff ff ff",
                        SslReason.EXCESSIVE_MESSAGE_SIZE),
                hex("fatal alert", "15 03 03 00 02 02 28", SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE),
                hex("fatal alert, unknown", "15 03 03 00 02 02 ee", SslReason.UNKNOWN_ALERT_TYPE),
                hex("half an alert", "15 03 03 00 01 02", eof));
    }

    static List<Arguments> insteadInBothRoles() {
        List<Arguments> rows = new ArrayList<>();
        for (Instead instead : instead()) {
            rows.add(Arguments.of(instead, Role.SERVER));
            rows.add(Arguments.of(instead, Role.CLIENT));
        }
        return rows;
    }

    /** A connection whose peer says only these bytes, so many at a time, and then hangs up. */
    private static ScriptedBio transportThatSays(byte[] bytes, int chunk) {
        MemoryBio in = new MemoryBio();
        in.write(ByteBuffer.wrap(bytes));
        in.close();
        ScriptedBio transport = new ScriptedBio(new TwoWayBio(in, new MemoryBio()));
        return transport.onOtherReads(ScriptedBio.take(chunk));
    }

    private static Ssl start(SslContext context, Role role, Bio transport) {
        Ssl ssl = context.newSsl();
        ssl.setBio(transport);
        if (role == Role.CLIENT) {
            ssl.setHost(Pki.HOST);
            ssl.setConnectState();
        } else {
            ssl.setAcceptState();
        }
        return ssl;
    }

    private static SslContext bothVersions() {
        return Holder.CONTEXT;
    }

    private static final class Holder {
        static final SslContext CONTEXT =
                SslContext.builder()
                        .identity(Pki.EC.identity())
                        .identity(Pki.RSA.identity())
                        .trust(List.of(Pki.CA.certificate()))
                        .build();
    }

    @Tag("W19")
    @ParameterizedTest(name = "{0}, we are the {1}")
    @MethodSource("insteadInBothRoles")
    void insteadOfAHandshake(Instead instead, Role role) {
        SslReason reason = role == Role.SERVER ? instead.asServer() : instead.asClient();
        for (int chunk : new int[] {1, 100_000}) {
            ScriptedBio transport = transportThatSays(instead.bytes(), chunk);
            try (Ssl ssl = start(bothVersions(), role, transport)) {
                ByteBuffer src = ByteBuffer.wrap(new byte[10]);
                Outcomes.assertFailed(ssl, ssl.write(src), -1, SslError.SSL, reason);
                SslFailure first = ssl.failure();
                int mark = transport.mark();
                for (Call call : WriteAfterEndTest.everyCall()) {
                    Outcomes.assertFailed(ssl, call.body().on(ssl), -1, SslError.SSL, reason);
                    assertSame(first, ssl.failure());
                }
                assertEquals(mark, transport.mark(), "nothing more on the wire");
                assertEquals(0, src.position());
                int hello = role == Role.CLIENT ? 1 : 0;
                int alert = alertFor(reason);
                List<TlsRecord> records = WireTap.records(transport.wire());
                assertEquals(hello + (alert < 0 ? 0 : 1), records.size(), "records of ours");
                if (alert >= 0) {
                    byte[] last = Arrays.copyOfRange(transport.wire(), mark - 7, mark);
                    assertArrayEquals(new byte[] {21, 3, last[2], 0, 2, 2, (byte) alert}, last);
                }
            }
        }
    }

    /** The alert that a peer is told for it; -1 if it speaks no TLS, has hung up or has told us. */
    private static int alertFor(SslReason reason) {
        return switch (reason) {
            case UNEXPECTED_RECORD, UNEXPECTED_MESSAGE -> 10;
            case PACKET_LENGTH_TOO_LONG -> 22;
            case BAD_VALUE, EXCESSIVE_MESSAGE_SIZE -> 47;
            case BAD_PACKET -> 50;
            default -> -1;
        };
    }

    /** Records that are none of TLS, from a peer that has spoken TLS before. */
    @Tag("W19")
    @ParameterizedTest
    @CsvSource({
        "6303030001 00, UNEXPECTED_RECORD, 10",
        "1605030001 00, WRONG_VERSION_NUMBER, 70",
        "4745542f20 00, WRONG_VERSION_NUMBER, 70"
    })
    void recordOfNoTlsBehindAHello(String hex, SslReason reason, int alert) {
        byte[] hello = clientHello(Scene.ANY);
        byte[] strange = HexFormat.of().parseHex(hex.replace(" ", ""));
        List<SslContext> contexts = List.of(bothVersions(), Link.context(Scene.tls12().getLast()));
        byte[] hello12 = clientHello(Scene.tls12().getLast());
        for (SslContext context : contexts) {
            byte[] first = context == bothVersions() ? hello : hello12;
            ScriptedBio transport =
                    transportThatSays(HandshakeMessage.concat(first, strange), 100_000);
            try (Ssl ssl = start(context, Role.SERVER, transport)) {
                Outcomes.assertFailed(ssl, ssl.doHandshake(), -1, SslError.SSL, reason);
                assertFalse(ssl.failure().message().contains("speak"), ssl.failure().message());
                assertEquals(alert, Outcomes.alertSent(ssl));
                assertTrue(WireTap.records(transport.wire()).size() > 1, "a flight and an alert");
            }
        }
    }

    /** RFC 5246 section 7.2.2 and RFC 8446 section 5.2: whatever length it has. */
    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void ciphertextOfAnyLengthIsNotAuthentic(Scene scene) throws IOException {
        for (int length : new int[] {0, 1, 7, 8, 15, 16, 17, 24, 31, 32, 33, 47, 48, 63, 64, 65}) {
            byte[] record = new byte[5 + length];
            Arrays.fill(record, (byte) 0x5a);
            System.arraycopy(new byte[] {23, 3, 3, 0, (byte) length}, 0, record, 0, 5);
            try (Link link = Link.toJsse(scene).handshake()) {
                link.farEnd().write(ByteBuffer.wrap(record));
                int n = link.ssl().read(ByteBuffer.allocate(10));
                link.assertFailed(
                        n, -1, SslError.SSL, SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
                assertEquals(20, Outcomes.alertSent(link.ssl()));
            }
        }
    }

    /** A ClientHello of the JDK's. */
    private static byte[] clientHello(Scene scene) {
        MemoryBio out = new MemoryBio();
        new JssePeer(
                        Link.engine(new Scene(Role.SERVER, scene.suite())),
                        new TwoWayBio(new MemoryBio(), out))
                .turn();
        ByteBuffer bytes = ByteBuffer.allocate(10_000);
        out.read(bytes);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    @Test
    void helloThatIsCutAtEveryByte() {
        byte[] hello = clientHello(Scene.ANY);
        for (int length = 0; length < hello.length; length++) {
            try (Ssl ssl =
                    start(
                            bothVersions(),
                            Role.SERVER,
                            transportThatSays(Arrays.copyOf(hello, length), 100_000))) {
                Outcomes.assertFailed(
                        ssl,
                        ssl.doHandshake(),
                        -1,
                        SslError.SSL,
                        SslReason.UNEXPECTED_EOF_WHILE_READING);
            }
        }
    }

    @Test
    void helloInRecordsOfOneByteIsAHello() {
        for (Scene scene : Scene.each()) {
            byte[] hello = clientHello(scene);
            byte[] records = new byte[6 * (hello.length - 5)];
            for (int i = 5; i < hello.length; i++) {
                System.arraycopy(new byte[] {22, 3, 3, 0, 1, hello[i]}, 0, records, 6 * (i - 5), 6);
            }
            ScriptedBio transport = transportThatSays(records, 100_000);
            try (Ssl ssl = start(bothVersions(), Role.SERVER, transport)) {
                Outcomes.assertFailed(
                        ssl,
                        ssl.doHandshake(),
                        -1,
                        SslError.SSL,
                        SslReason.UNEXPECTED_EOF_WHILE_READING);
                assertTrue(transport.mark() > 100, "the server's flight is out");
            }
        }
    }

    /** What may come of bytes that were changed at random. */
    private static final Set<SslError> ANY_END = Set.of(SslError.SSL, SslError.WANT_READ);

    private static void assertOneEnd(Ssl ssl, long result, String what) {
        SslError error = ssl.getError(result);
        assertTrue(ANY_END.contains(error), () -> what + ": " + error + " " + ssl.failure());
        if (error == SslError.SSL) {
            SslReason reason = Outcomes.notNull(ssl.failure()).reason();
            Outcomes.assertOneLine(ssl.failure().message());
            assertNotEquals(SslReason.INTERNAL_ERROR, reason, () -> what + ": " + ssl.failure());
            int alert = Outcomes.alertSent(ssl);
            assertTrue(alert != 80 && alert != 21, () -> what + ": " + alert);
            long again = ssl.write(new byte[1], 0, 1);
            Outcomes.assertFailed(ssl, again, -1, SslError.SSL, reason);
        }
    }

    @Test
    void helloWithBytesChangedAtRandom() {
        Random random = new Random(SEED);
        byte[] hello = clientHello(Scene.ANY);
        for (int i = 0; i < 600; i++) {
            byte[] changed = hello.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try (Ssl ssl =
                    start(bothVersions(), Role.SERVER, transportThatSays(changed, 100_000))) {
                assertOneEnd(ssl, ssl.doHandshake(), "seed " + SEED + ", round " + i);
            }
        }
    }

    @Test
    void serversFlightWithBytesChangedAtRandom() {
        Random random = new Random(SEED);
        for (int i = 0; i < 120; i++) {
            Scene scene = Scene.each().get(2 * random.nextInt(2));
            assertEquals(Role.CLIENT, scene.role());
            try (Link link = Link.toJsse(scene)) {
                int victim = random.nextInt(600);
                byte value = (byte) random.nextInt();
                int[] seen = {0};
                link.transport()
                        .onOtherReads(
                                (direction, inner, buffer) -> {
                                    int start = buffer.position();
                                    int n = inner.read(buffer);
                                    if (n > 0 && victim >= seen[0] && victim < seen[0] + n) {
                                        buffer.put(start + victim - seen[0], value);
                                    }
                                    seen[0] += Math.max(0, n);
                                    return n;
                                });
                long n = -1;
                for (int turn = 0; turn < 5; turn++) {
                    n = link.ssl().doHandshake();
                    link.peer().turn();
                }
                if (n != 1) {
                    assertOneEnd(
                            link.ssl(), n, "seed " + SEED + ", round " + i + ", byte " + victim);
                }
            }
        }
    }

    @Test
    void randomBytesBehindAnHonestHeader() {
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[5 + random.nextInt(400)];
            random.nextBytes(bytes);
            bytes[0] = (byte) (20 + random.nextInt(4));
            bytes[1] = 3;
            bytes[2] = (byte) random.nextInt(4);
            bytes[3] = 0;
            bytes[4] = (byte) (bytes.length - 5);
            for (Role role : Role.values()) {
                try (Ssl ssl = start(bothVersions(), role, transportThatSays(bytes, 100_000))) {
                    assertOneEnd(ssl, ssl.doHandshake(), role + ", seed " + SEED + ", round " + i);
                }
            }
        }
    }

    /** Bytes on the wire, unsealed, after the handshake. */
    enum Injected {
        UNKNOWN_TYPE("99 03 03 00 01 00", SslReason.UNEXPECTED_RECORD),
        OTHER_MAJOR_VERSION("17 05 03 00 01 00", SslReason.WRONG_VERSION_NUMBER),
        OTHER_MINOR_VERSION("17 03 07 00 01 00", SslReason.WRONG_VERSION_NUMBER),
        TOO_LONG("17 03 03 ff ff", SslReason.PACKET_LENGTH_TOO_LONG),
        LONGER_THAN_ANY_SUITE("17 03 03 48 01", SslReason.PACKET_LENGTH_TOO_LONG),
        EMPTY("17 03 03 00 00", SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC),
        SHORT("17 03 03 00 04 01 02 03 04", SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC),
        GARBAGE("17 03 03 00 20 " + "5a".repeat(32), SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC),
        PLAIN_ALERT("15 03 03 00 02 02 28", null),
        PLAIN_CLOSE_NOTIFY("15 03 03 00 02 01 00", null),
        PLAIN_HANDSHAKE("16 03 03 00 04 00 00 00 00", null),
        CHANGE_CIPHER_SPEC("14 03 03 00 01 01", null),
        PLAIN_HTTP("47 45 54 20 2f 20 48 54 54 50", SslReason.WRONG_VERSION_NUMBER);

        private final byte[] bytes;

        /** Null where the versions and suites may differ. */
        private final SslReason reason;

        Injected(String hex, SslReason reason) {
            this.bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
            this.reason = reason;
        }
    }

    private static final Set<SslReason> UNSEALED =
            Set.of(SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SslReason.UNEXPECTED_MESSAGE);

    @Tag("W19")
    @ParameterizedTest
    @EnumSource
    void injectedAfterTheHandshake(Injected injected) throws IOException {
        for (Scene scene : Scene.each()) {
            try (Link link = Link.toJsse(scene).handshake()) {
                link.farEnd().write(ByteBuffer.wrap(injected.bytes));
                int mark = link.transport().mark();
                int n = link.ssl().read(ByteBuffer.allocate(10));
                assertEquals(-1, n, scene.toString());
                assertEquals(
                        SslError.SSL,
                        link.ssl().getError(n),
                        () -> scene + ": " + link.ssl().failure());
                SslReason reason = Outcomes.notNull(link.ssl().failure()).reason();
                if (injected.reason != null) {
                    assertEquals(
                            injected.reason, reason, () -> scene + ": " + link.ssl().failure());
                } else {
                    assertTrue(
                            UNSEALED.contains(reason), () -> scene + ": " + link.ssl().failure());
                }
                assertEquals(1, link.recordsSince(mark).size(), "a fatal alert");
                link.assertFailed(link.ssl().write(new byte[1], 0, 1), -1, SslError.SSL, reason);
                assertEquals(1, link.recordsSince(mark).size());
            }
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#everySuite")
    void everyFlippedBitIsFound(Scene scene) {
        Random random = new Random(SEED);
        // One bit in each byte of the body of a record of 40 bytes.
        int body;
        try (Link link = Link.toJsse(scene)) {
            body = link.bodyOf(40);
        }
        int step = Math.max(1, body / 5);
        for (int victim = random.nextInt(step); victim < body; victim += step) {
            int at = 5 + victim;
            try (Link link = Link.toJsse(scene).handshake()) {
                link.peer().send(Data.bytes(40));
                link.peer().turn();
                link.transport()
                        .onRead(
                                (direction, inner, buffer) -> {
                                    int start = buffer.position();
                                    int n = inner.read(buffer);
                                    buffer.put(
                                            start + at,
                                            (byte)
                                                    (buffer.get(start + at)
                                                            ^ 1 << random.nextInt(8)));
                                    return n;
                                });
                int n = link.ssl().read(ByteBuffer.allocate(100));
                link.assertFailed(
                        n, -1, SslError.SSL, SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
            }
        }
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void recordThatComesTwiceOrOutOfOrder(Scene scene) {
        for (boolean twice : new boolean[] {true, false}) {
            try (Link link = Link.toJsse(scene).handshake()) {
                link.peer().send(Data.bytes(10));
                link.peer().send(Data.bytes(20));
                link.peer().turn();
                link.transport()
                        .onRead(
                                (direction, inner, buffer) -> {
                                    ByteBuffer all = ByteBuffer.allocate(1000);
                                    inner.read(all);
                                    List<TlsRecord> records =
                                            WireTap.records(
                                                    Arrays.copyOf(all.array(), all.position()));
                                    TlsRecord first = records.getFirst();
                                    TlsRecord second = records.getLast();
                                    int before = buffer.position();
                                    for (TlsRecord record :
                                            twice
                                                    ? List.of(first, first)
                                                    : List.of(second, first)) {
                                        buffer.put(
                                                all.array(),
                                                record.start(),
                                                record.end() - record.start());
                                    }
                                    return buffer.position() - before;
                                });
                ByteBuffer dst = ByteBuffer.allocate(100);
                if (twice) {
                    link.assertDone(link.ssl().read(dst), 10);
                }
                link.assertFailed(
                        link.ssl().read(dst),
                        -1,
                        SslError.SSL,
                        SslReason.DECRYPTION_FAILED_OR_BAD_RECORD_MAC);
            }
        }
    }

    @Tag("W17")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void hangUpInEveryPlaceOfTheHandshake(Scene scene) {
        for (int bytes = 0; bytes < 900; bytes += 29) {
            try (Link link = Link.toJsse(scene)) {
                int[] left = {bytes};
                link.transport()
                        .onOtherReads(
                                (direction, inner, buffer) -> {
                                    if (left[0] == 0) {
                                        return Bio.CLOSED;
                                    }
                                    int n =
                                            ScriptedBio.take(left[0])
                                                    .move(direction, inner, buffer);
                                    left[0] -= Math.max(0, n);
                                    return n;
                                });
                long n = -1;
                for (int turn = 0;
                        turn < 6 && n != 1 && !link.ssl().getError(n).equals(SslError.SSL);
                        turn++) {
                    n = link.ssl().doHandshake();
                    link.peer().turn();
                }
                if (n == 1) {
                    return;
                }
                link.assertFailed(n, -1, SslError.SSL, SslReason.UNEXPECTED_EOF_WHILE_READING);
                assertTrue(Outcomes.notNull(link.ssl().failure()).message().contains("handshake"));
            }
        }
        throw new AssertionError("the handshake takes more than 900 bytes");
    }

    /** Our connection and a peer that can seal anything. */
    private static final class Sealed implements AutoCloseable {
        final ScriptedBio transport;
        final RawPeer peer;
        final Ssl ssl;

        Sealed(Scene scene) {
            Bio[] ends = TwoWayBio.pair();
            transport = new ScriptedBio(ends[0]);
            peer = RawPeer.of(scene, ends[1]);
            ssl = start(Link.context(scene), scene.role(), transport);
            for (int i = 0; i < 10 && !(ssl.isInitFinished() && peer.isReady()); i++) {
                ssl.doHandshake();
                peer.turn();
            }
            assertTrue(ssl.isInitFinished() && peer.isReady(), () -> scene + ": " + ssl.failure());
        }

        int read() {
            return ssl.read(ByteBuffer.allocate(20_000));
        }

        @Override
        public void close() {
            ssl.close();
        }
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void emptyRecordsAreSkipped(Scene scene) {
        try (Sealed link = new Sealed(scene)) {
            for (int i = 0; i < 20; i++) {
                link.peer.send(23);
            }
            Outcomes.assertWants(link.ssl, link.read(), SslError.WANT_READ);
            link.peer.send(23, new byte[5]);
            link.peer.send(23);
            link.peer.send(23, new byte[6]);
            Outcomes.assertDone(link.ssl, link.read(), 5);
            Outcomes.assertDone(link.ssl, link.read(), 6);
            Outcomes.assertWants(link.ssl, link.read(), SslError.WANT_READ);
        }
    }

    /** A sealed record that no honest peer sends. */
    record Sin(String what, int type, byte[] content, SslReason reason) {
        @Override
        public String toString() {
            return what;
        }
    }

    static List<Arguments> sins() {
        List<Sin> sins =
                List.of(
                        new Sin(
                                "unknown handshake message",
                                22,
                                new byte[] {99, 0, 0, 0},
                                SslReason.UNEXPECTED_MESSAGE),
                        new Sin(
                                "Finished again",
                                22,
                                new byte[] {20, 0, 0, 1, 0},
                                SslReason.UNEXPECTED_MESSAGE),
                        new Sin(
                                "message of 16 MB",
                                22,
                                new byte[] {11, -1, -1, -1},
                                SslReason.EXCESSIVE_MESSAGE_SIZE),
                        new Sin(
                                "fatal alert",
                                21,
                                new byte[] {2, 40},
                                SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE),
                        new Sin(
                                "fatal close_notify",
                                21,
                                new byte[] {2, 0},
                                SslReason.UNKNOWN_ALERT_TYPE));
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            sins.forEach(sin -> rows.add(Arguments.of(scene, sin)));
        }
        return rows;
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource("sins")
    void sealedSins(Scene scene, Sin sin) {
        try (Sealed link = new Sealed(scene)) {
            link.peer.send(sin.type(), sin.content());
            Outcomes.assertFailed(link.ssl, link.read(), -1, SslError.SSL, sin.reason());
            int mark = link.transport.mark();
            Outcomes.assertFailed(
                    link.ssl, link.ssl.write(new byte[1], 0, 1), -1, SslError.SSL, sin.reason());
            assertEquals(mark, link.transport.mark());
        }
    }

    /** A record that may come any number of times. */
    enum Flood {
        EMPTY_RECORDS(23, 0),
        WARNINGS(21, 2, 1, 90),
        UNKNOWN_WARNINGS(21, 2, 1, 111),
        HELLO_REQUESTS(22, 4, 0, 0, 0, 0),
        /** Of a message that promises 30 kB, which no record completes before many have come. */
        PIECES_OF_A_MESSAGE(22, 500, 11, 0, 120, 0);

        private final int type;
        private final byte[] content;

        Flood(int type, int length, int... start) {
            this.type = type;
            this.content = new byte[length];
            for (int i = 0; i < start.length; i++) {
                this.content[i] = (byte) start[i];
            }
        }
    }

    static List<Arguments> floods() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (Flood flood : Flood.values()) {
                rows.add(Arguments.of(scene, flood));
            }
        }
        return rows;
    }

    /** One call must not work for a flooding peer for ever, nor keep what it makes of the flood. */
    @ParameterizedTest
    @MethodSource("floods")
    void floodEndsWithAReason(Scene scene, Flood flood) {
        try (Sealed link = new Sealed(scene)) {
            int[] reads = {0};
            link.transport.onOtherReads(
                    (direction, inner, buffer) -> {
                        if (++reads[0] > PATIENCE) {
                            throw new AssertionError(
                                    "still reading after " + PATIENCE + " records");
                        }
                        link.peer.send(flood.type, flood.content);
                        return inner.read(buffer);
                    });
            link.transport.onOtherWrites(ScriptedBio.RETRY);
            int n = link.read();
            assertEquals(-1, n);
            assertEquals(
                    SslError.SSL, link.ssl.getError(n), () -> String.valueOf(link.ssl.failure()));
            Outcomes.assertOneLine(Outcomes.notNull(link.ssl.failure()).message());
        }
    }

    /** A record of the handshake, unsealed, that may come any number of times. */
    static List<Arguments> handshakeFloods() {
        List<Arguments> rows = new ArrayList<>();
        for (Role role : Role.values()) {
            rows.add(Arguments.of("user_canceled", "15 03 03 00 02 01 5a", role));
            rows.add(Arguments.of("unknown warning", "15 03 03 00 02 01 6f", role));
            rows.add(Arguments.of("ChangeCipherSpec", "14 03 03 00 01 01", role));
            rows.add(Arguments.of("empty data", "17 03 03 00 00", role));
            rows.add(Arguments.of("HelloRequest", "16 03 03 00 04 00 00 00 00", role));
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}, we are the {2}")
    @MethodSource("handshakeFloods")
    void floodInTheHandshakeEndsWithAReason(String what, String hex, Role role) {
        byte[] record = HexFormat.of().parseHex(hex.replace(" ", ""));
        int[] reads = {0};
        ScriptedBio transport =
                new ScriptedBio(TwoWayBio.pair()[0])
                        .onOtherReads(
                                (direction, inner, buffer) -> {
                                    if (++reads[0] > PATIENCE) {
                                        throw new AssertionError(
                                                "still reading after " + PATIENCE + " records");
                                    }
                                    buffer.put(record);
                                    return record.length;
                                });
        try (Ssl ssl = start(bothVersions(), role, transport)) {
            int n = ssl.doHandshake();
            assertEquals(-1, n);
            assertEquals(SslError.SSL, ssl.getError(n), () -> String.valueOf(ssl.failure()));
        }
    }

    @Tag("K1")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls13")
    void manyKeyUpdateRequestsAreAnsweredOnce(Scene scene) {
        // The peer's own KeyUpdate cannot be sealed raw, for its keys would not change: the JDK's
        // can.
        byte[] data = Data.bytes(10);
        try (Link link = Link.toJsse(scene).handshake()) {
            for (int i = 0; i < 30; i++) {
                link.jsse().beginHandshake();
                link.peer().turn();
                link.assertWants(link.ssl().read(ByteBuffer.allocate(1)), SslError.WANT_READ);
            }
            int mark = link.transport().mark();
            link.assertDone(link.ssl().write(data, 0, 10), 10);
            assertEquals(2, link.recordsSince(mark).size());
            Data.assertSame(data, link.received(), "after many requests");
        }
    }

    @Tag("W16")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void whatComesAfterCloseNotifyIsIgnored(Scene scene) {
        try (Sealed link = new Sealed(scene)) {
            link.peer.send(23, new byte[3]);
            link.peer.send(21, (byte) 1, (byte) 0);
            link.peer.send(23, new byte[4]);
            link.peer.send(21, (byte) 2, (byte) 40);
            Outcomes.assertDone(link.ssl, link.read(), 3);
            for (int i = 0; i < 3; i++) {
                int n = link.read();
                assertEquals(0, n);
                assertEquals(SslError.ZERO_RETURN, link.ssl.getError(n));
            }
            Outcomes.assertDone(link.ssl, link.ssl.write(new byte[5], 0, 5), 5);
            Outcomes.assertDone(link.ssl, link.ssl.shutdown(), 1);
        }
    }

    @Tag("W15")
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void nothingIsSentAfterOurCloseNotifyWhateverComes(Scene scene) {
        for (Flood record :
                List.of(
                        Flood.HELLO_REQUESTS,
                        Flood.UNKNOWN_WARNINGS,
                        Flood.EMPTY_RECORDS,
                        Flood.PIECES_OF_A_MESSAGE)) {
            try (Sealed link = new Sealed(scene)) {
                Outcomes.assertDone(link.ssl, link.ssl.shutdown(), 0);
                int mark = link.transport.mark();
                link.peer.send(record.type, record.content);
                link.read();
                link.ssl.shutdown();
                link.ssl.write(ByteBuffer.allocate(0));
                assertEquals(mark, link.transport.mark(), record.toString());
            }
        }
    }

    @Test
    void closeNotifyInTheHandshakeIsNoAgreement() {
        for (Role role : Role.values()) {
            byte[] closeNotify = {21, 3, 3, 0, 2, 1, 0};
            try (Ssl ssl = start(bothVersions(), role, transportThatSays(closeNotify, 100_000))) {
                long n = ssl.doHandshake();
                assertTrue(n <= 0);
                SslError error = ssl.getError(n);
                assertTrue(
                        error == SslError.SSL || error == SslError.ZERO_RETURN, error.toString());
                SslFailure failure = ssl.failure();
                assertTrue(
                        failure == null || failure.reason() != SslReason.NO_SHARED_CIPHER,
                        () -> "a suite is not what is missing: " + failure);
            }
        }
    }
}
