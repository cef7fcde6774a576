package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.ClientHelloEdit;
import org.sslwrite.kit.Data;
import org.sslwrite.kit.FailingToken;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.OddPeer;
import org.sslwrite.kit.OddPeer.Habits;
import org.sslwrite.kit.OddPeer.Retry;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap;
import org.sslwrite.kit.WireTap.TlsRecord;
import org.sslwrite.protocol.TlsVersion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What a peer may do and seldom does, and where it goes too far. The peer is a stock one of Bouncy
 * Castle's whose messages are changed: no real one can be told to send most of these.
 */
@Timeout(60)
class ToleranceTest {
    private static final int SUPPORTED_GROUPS = 10;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int MAX_FRAGMENT_LENGTH = 1;
    private static final int PADDING = 21;
    private static final int RECORD_SIZE_LIMIT = 28;
    private static final int EARLY_DATA = 42;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int COOKIE = 44;
    private static final int KEY_SHARE = 51;
    private static final int RENEGOTIATION_INFO = 0xff01;
    private static final int EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
    private static final int GREASE = 0x5a5a;

    private static final Scene SERVER13 = Scene.tls13().getLast();
    private static final Scene CLIENT13 = Scene.tls13().getFirst();
    private static final Scene SERVER12 = Scene.tls12().getLast();
    private static final Scene CLIENT12 = Scene.tls12().getFirst();

    /** One of our connections, and a peer with habits. */
    private static final class Pair implements AutoCloseable {
        final Bio[] ends = TwoWayBio.pair();
        final ScriptedBio transport = new ScriptedBio(ends[0]);
        final OddPeer peer;
        final Ssl ssl;

        Pair(Scene scene, Habits habits, UnaryOperator<SslContext.Builder> change) {
            peer = OddPeer.of(scene, ends[1], habits);
            ssl = change.apply(Link.builder(scene)).build().newSsl();
            ssl.setBio(transport);
            if (scene.role() == Role.CLIENT) {
                ssl.setHost(Pki.HOST);
                ssl.setConnectState();
            } else {
                ssl.setAcceptState();
            }
        }

        Pair(Scene scene, Habits habits) {
            this(scene, habits, builder -> builder);
        }

        Pair handshake() {
            int n = -1;
            for (int i = 0; i < 10 && !(ssl.isInitFinished() && peer.isReady()); i++) {
                n = ssl.doHandshake();
                peer.turn();
            }
            Outcomes.assertDone(ssl, n, 1);
            assertTrue(peer.isReady());
            return this;
        }

        /** Handshakes until ours says no. */
        void refusal(SslReason reason) {
            int n = ssl.doHandshake();
            for (int i = 0; i < 10 && ssl.getError(n) == SslError.WANT_READ; i++) {
                peer.turn();
                n = ssl.doHandshake();
            }
            Outcomes.assertFailed(ssl, n, -1, SslError.SSL, reason);
        }

        /** What our answer to the first flight ends with. */
        SslError firstError() {
            peer.turn();
            return ssl.getError(ssl.doHandshake());
        }

        void exchange() {
            peer.send(23, Data.bytes(100));
            Outcomes.assertDone(ssl, read(), 100);
            Outcomes.assertDone(ssl, ssl.write(Data.bytes(200), 0, 200), 200);
            peer.turn();
            Data.assertSame(Data.bytes(200), peer.received(), "us to peer");
        }

        int read() {
            return ssl.read(ByteBuffer.allocate(20_000));
        }

        @Override
        public void close() {
            ssl.close();
        }
    }

    // ------------------------------------------------------------------------------ first flights

    /** A ClientHello that is odd and right. */
    record OddHello(String what, Consumer<ClientHelloEdit> change) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static OddHello versions(String what, int... versions) {
        return new OddHello(
                what,
                hello -> {
                    ByteBuffer list = ByteBuffer.allocate(1 + 2 * versions.length);
                    list.put((byte) (2 * versions.length));
                    Arrays.stream(versions).forEach(version -> list.putShort((short) version));
                    hello.extensions().put(SUPPORTED_VERSIONS, list.array());
                });
    }

    static List<OddHello> oddHellos() {
        List<OddHello> rows = new ArrayList<>();
        rows.add(versions("1.2 before 1.3", 0x0303, 0x0304));
        rows.add(versions("1.0 to 1.3", 0x0301, 0x0302, 0x0303, 0x0304));
        rows.add(versions("a draft, GREASE, 1.2, 1.3", 0x7f1c, GREASE, 0x0303, 0x0304));
        for (int version : new int[] {0x0300, 0x0301, 0x0302, 0x0304, 0x0305, 0x03ff}) {
            rows.add(
                    new OddHello(
                            "legacy_version 0x" + Integer.toHexString(version),
                            hello -> hello.legacyVersion(version)));
        }
        rows.add(new OddHello("GREASE suites", hello -> hello.putSuitesFirst(GREASE, 0xfafa)));
        rows.add(
                new OddHello(
                        "GREASE groups", hello -> hello.putFirst(SUPPORTED_GROUPS, 2, GREASE)));
        rows.add(
                new OddHello(
                        "GREASE signature algorithms",
                        hello -> hello.putFirst(SIGNATURE_ALGORITHMS, 2, GREASE, 0xfafa)));
        rows.add(
                new OddHello(
                        "GREASE extensions",
                        hello -> {
                            hello.extensions().put(GREASE, new byte[0]);
                            hello.extensions().put(0xfafa, new byte[] {0});
                        }));
        byte[] share = {GREASE >> 8, (byte) GREASE, 0, 1, 0};
        rows.add(
                new OddHello(
                        "GREASE key share",
                        hello -> {
                            hello.putFirst(SUPPORTED_GROUPS, 2, GREASE);
                            hello.putFirst(KEY_SHARE, 2, share);
                        }));
        return rows;
    }

    @ParameterizedTest
    @MethodSource("oddHellos")
    void oddClientHello(OddHello odd) {
        Habits habits = new Habits().hello(odd.change);
        try (Pair pair = new Pair(SERVER13, habits, ToleranceTest::bothVersions)) {
            pair.handshake().exchange();
            assertEquals(TlsVersion.TLSV1_3, Outcomes.notNull(pair.ssl.session()).version());
        }
    }

    private static SslContext.Builder bothVersions(SslContext.Builder builder) {
        return builder.versions(List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2))
                .cipherSuites(List.of(SERVER13.suite(), SERVER12.suite()));
    }

    static IntStream recordVersions() {
        return IntStream.of(0x00, 0x01, 0x02, 0x03, 0x04, 0x7f, 0xff);
    }

    /** RFC 8446 section 5.1: legacy_record_version "MUST be ignored for all purposes". */
    @ParameterizedTest
    @MethodSource("recordVersions")
    void versionOfTheFirstRecord(int minor) {
        for (Scene scene : List.of(SERVER13, SERVER12)) {
            try (Pair pair = new Pair(scene, new Habits())) {
                pair.peer.turn();
                pair.transport.onRead(
                        (direction, inner, buffer) -> {
                            int at = buffer.position();
                            int n = inner.read(buffer);
                            buffer.put(at + 2, (byte) minor);
                            return n;
                        });
                pair.handshake().exchange();
            }
        }
    }

    // --------------------------------------------------------------------------------- early data

    private static final UnaryOperator<SslContext.Builder> RETRY =
            builder -> builder.groups(List.of(NamedGroup.SECP384R1));

    static List<Arguments> earlyData() {
        List<Arguments> rows = new ArrayList<>();
        for (boolean retry : new boolean[] {false, true}) {
            rows.add(Arguments.of(retry, 1, 1));
            rows.add(Arguments.of(retry, 1, 16_384 + 17));
            rows.add(Arguments.of(retry, 3, 5_000));
            rows.add(Arguments.of(retry, 500, 18));
        }
        return rows;
    }

    private static Pair withEarlyData(boolean retry, int records, int length) throws IOException {
        Consumer<ClientHelloEdit> first =
                new Consumer<>() {
                    private boolean done;

                    @Override
                    public void accept(ClientHelloEdit hello) {
                        if (!done) {
                            hello.extensions().put(EARLY_DATA, new byte[0]);
                        }
                        done = true;
                    }
                };
        UnaryOperator<SslContext.Builder> change = retry ? RETRY : builder -> builder;
        Pair pair = new Pair(SERVER13, new Habits().hello(first), change);
        pair.peer.turn();
        for (int i = 0; i < records; i++) {
            byte[] body = Data.bytes(length);
            ByteBuffer record = ByteBuffer.allocate(5 + length);
            record.put((byte) 23).putShort((short) 0x0303).putShort((short) length).put(body);
            pair.ends[1].write(record.flip());
        }
        return pair;
    }

    @ParameterizedTest(name = "HelloRetryRequest {0}: {1} records of {2} bytes")
    @MethodSource("earlyData")
    void earlyDataIsSkipped(boolean retry, int records, int length) throws IOException {
        try (Pair pair = withEarlyData(retry, records, length)) {
            pair.handshake().exchange();
        }
    }

    @ParameterizedTest(name = "HelloRetryRequest {0}: {1} records of {2} bytes")
    @MethodSource("tooMuchEarlyData")
    void tooMuchEarlyData(boolean retry, int records, int length) throws IOException {
        try (Pair pair = withEarlyData(retry, records, length)) {
            pair.refusal(SslReason.TOO_MUCH_EARLY_DATA);
        }
    }

    static List<Arguments> tooMuchEarlyData() {
        List<Arguments> rows = new ArrayList<>();
        for (boolean retry : new boolean[] {false, true}) {
            rows.add(Arguments.of(retry, 5, 16_000));
            rows.add(Arguments.of(retry, 4_000, 18));
            rows.add(Arguments.of(retry, 20_000, 0));
        }
        return rows;
    }

    @Test
    void withoutAnOfferNothingIsSkipped() throws IOException {
        for (boolean retry : new boolean[] {false, true}) {
            Habits habits = new Habits();
            UnaryOperator<SslContext.Builder> change = retry ? RETRY : builder -> builder;
            try (Pair pair = new Pair(SERVER13, habits, change)) {
                pair.peer.turn();
                pair.ends[1].write(ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 1, 0}));
                int n = pair.ssl.doHandshake();
                assertEquals(SslError.SSL, pair.ssl.getError(n));
            }
        }
    }

    @Test
    void earlyDataOfferedAgainAfterARetry() {
        Habits always =
                new Habits().hello(hello -> hello.extensions().put(EARLY_DATA, new byte[0]));
        try (Pair pair = new Pair(SERVER13, always, RETRY)) {
            pair.refusal(SslReason.BAD_VALUE);
        }
    }

    // --------------------------------------------------------------------------- HelloRetryRequest

    /** Bouncy Castle's server sends a cookie with every HelloRetryRequest. */
    @ParameterizedTest
    @EnumSource(names = {"OTHER_GROUP", "COOKIE"})
    void secondClientHelloIsTheSameButForWhatWasAskedFor(Retry retry) {
        // The server does not know P-521.
        List<NamedGroup> groups =
                retry == Retry.COOKIE
                        ? List.of(NamedGroup.SECP256R1, NamedGroup.SECP521R1)
                        : List.of(NamedGroup.SECP521R1, NamedGroup.SECP256R1);
        UnaryOperator<SslContext.Builder> change =
                builder -> builder.groups(groups).alpn(List.of("h2", "http/1.1"));
        try (Pair pair = new Pair(CLIENT13, new Habits().retryFor(retry), change)) {
            pair.handshake().exchange();
            byte[] wire = pair.transport.wire();
            List<TlsRecord> hellos =
                    WireTap.records(wire).stream().filter(record -> record.type() == 22).toList();
            Map<Integer, String> first = extensions(wire, hellos.get(0));
            Map<Integer, String> second = extensions(wire, hellos.get(1));
            assertTrue(second.containsKey(COOKIE), "there is a cookie: " + second);
            second.remove(COOKIE);
            assertEquals(List.copyOf(first.keySet()), List.copyOf(second.keySet()));
            if (retry == Retry.OTHER_GROUP) {
                assertNotEquals(first.remove(KEY_SHARE), second.remove(KEY_SHARE));
            }
            assertEquals(first, second);
        }
    }

    @Test
    void retryThatChangesNothing() {
        Habits habits = new Habits().retryFor(Retry.NOTHING);
        try (Pair pair = new Pair(CLIENT13, habits)) {
            pair.refusal(SslReason.BAD_VALUE);
        }
    }

    /** In the order of the message. */
    private static Map<Integer, String> extensions(byte[] wire, TlsRecord hello) {
        ByteBuffer in = ByteBuffer.wrap(wire, hello.start(), hello.end() - hello.start());
        in.position(in.position() + 5 + 4 + 2 + 32);
        skip(in, in.get());
        skip(in, in.getShort());
        skip(in, in.get());
        in.getShort();
        Map<Integer, String> extensions = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            int type = in.getShort() & 0xffff;
            byte[] data = new byte[in.getShort()];
            in.get(data);
            extensions.put(type, HexFormat.of().formatHex(data));
        }
        return extensions;
    }

    private static void skip(ByteBuffer in, int length) {
        in.position(in.position() + length);
    }

    // -------------------------------------------------------------------------- handshake messages

    private static Pki large(int names) {
        String[] hosts = new String[names];
        for (int i = 0; i < names; i++) {
            hosts[i] = "host-" + i + "." + Pki.HOST;
        }
        hosts[0] = Pki.HOST;
        return Pki.CA.issue("EC", "large, " + names, hosts);
    }

    /** About 100 KB. */
    private static final Pki LARGE = large(4_500);

    static List<Arguments> fragments() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (int bytes : new int[] {1, 3, 512, 16_384}) {
                rows.add(Arguments.of(scene, bytes));
            }
        }
        return rows;
    }

    /** Of a Certificate of 100 KB from a server, and of a ClientHello of 8 KB. */
    @ParameterizedTest(name = "{0}, {1} bytes in a record")
    @MethodSource("fragments")
    void messagesInPieces(Scene scene, int bytes) {
        Habits habits =
                new Habits()
                        .identity(LARGE)
                        .fragment(bytes)
                        .hello(hello -> hello.extensions().put(PADDING, new byte[8_000]));
        try (Pair pair = new Pair(scene, habits)) {
            pair.handshake().exchange();
        }
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void certificatesOf100KilobytesBothWays(Scene scene) {
        try (Link link = Link.toOwn(scene, _ -> bothShow(scene, LARGE.identity())).handshake()) {
            Data.assertSame(new byte[0], link.received(), "nothing");
            assertEquals(
                    LARGE.certificate(),
                    Outcomes.notNull(link.ssl().session()).peerCertificates().getFirst());
        }
    }

    private static SslContext.Builder bothShow(Scene scene, TlsIdentity identity) {
        return SslContext.builder()
                .identity(identity)
                .clientAuth(ClientAuth.REQUIRED)
                .trust(List.of(Pki.CA.certificate()))
                .versions(List.of(scene.version()))
                .cipherSuites(List.of(scene.suite()));
    }

    /** The issuer, and certificates that have nothing to do with it. */
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void chainOf60Certificates(Scene scene) throws IdentityException {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(Pki.EC.certificate());
        chain.add(Pki.CA.certificate());
        while (chain.size() < 60) {
            chain.add(Pki.authority("unrelated " + chain.size()).certificate());
        }
        TlsIdentity identity = TlsIdentity.of(Pki.EC.key(), chain);
        try (Link link = Link.toOwn(scene, _ -> bothShow(scene, identity)).handshake()) {
            assertEquals(chain, Outcomes.notNull(link.ssl().session()).peerCertificates());
        }
    }

    static List<Arguments> limitsOfMessages() {
        return List.of(
                Arguments.of(16 * 1024, false), Arguments.of(64 * 1024, false),
                Arguments.of(128 * 1024, true), Arguments.of(1 << 20, true));
    }

    @ParameterizedTest(name = "at most {0} bytes: {1}")
    @MethodSource("limitsOfMessages")
    void messageSizeCanBeSet(int limit, boolean accepted) {
        for (Scene scene : List.of(CLIENT13, CLIENT12)) {
            Habits habits = new Habits().identity(LARGE);
            try (Pair pair = new Pair(scene, habits, b -> b.maxHandshakeMessageSize(limit))) {
                if (accepted) {
                    pair.handshake();
                } else {
                    pair.refusal(SslReason.EXCESSIVE_MESSAGE_SIZE);
                }
            }
        }
    }

    /** Small messages for ever, and no handshake comes of it. */
    @Test
    void messagesWithoutEndAreBounded() {
        try (Pair pair = new Pair(CLIENT13, new Habits()).handshake()) {
            int n = -1;
            for (int i = 0; i < 5_000 && pair.ssl.getError(n) != SslError.SSL; i++) {
                // NewSessionTicket, with a nonce and a ticket of a byte.
                pair.peer.send(
                        22, new byte[] {4, 0, 0, 15, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0});
                n = pair.read();
            }
            Outcomes.assertFailed(pair.ssl, n, -1, SslError.SSL, SslReason.UNEXPECTED_MESSAGE);
        }
    }

    // ------------------------------------------------------------------------ secure renegotiation

    private static Habits without5746() {
        return new Habits()
                .hello(
                        hello -> {
                            hello.removeSuite(EMPTY_RENEGOTIATION_INFO_SCSV);
                            hello.extensions().remove(RENEGOTIATION_INFO);
                        })
                .serverHello(extensions -> extensions.remove(RENEGOTIATION_INFO));
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void peerWithoutSecureRenegotiation(Scene scene) {
        for (boolean allow : new boolean[] {false, true}) {
            try (Pair pair =
                    new Pair(scene, without5746(), builder -> builder.allowRenegotiation(allow))) {
                pair.handshake().exchange();
                int n = pair.ssl.renegotiate();
                Outcomes.assertFailed(pair.ssl, n, 0, SslError.SSL, SslReason.NO_RENEGOTIATION);
                int mark = pair.transport.mark();
                pair.peer.send(22, helloOfAny(scene));
                Outcomes.assertWants(pair.ssl, pair.read(), SslError.WANT_READ);
                List<TlsRecord> answer = WireTap.records(pair.transport.wireSince(mark));
                assertEquals(List.of(21), answer.stream().map(TlsRecord::type).toList());
            }
        }
    }

    /** A HelloRequest for a client, for a server a ClientHello without extensions. */
    private static byte[] helloOfAny(Scene scene) {
        if (scene.role() == Role.CLIENT) {
            return new byte[4];
        }
        ByteBuffer hello = ByteBuffer.allocate(4 + 2 + 32 + 1 + 4 + 2);
        hello.putInt(1 << 24 | hello.capacity() - 4).putShort((short) 0x0303).position(38);
        return hello.put((byte) 0)
                .putShort((short) 2)
                .putShort((short) scene.suite().code())
                .putShort((short) 0x0100)
                .array();
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#tls12")
    void secureRenegotiationCanBeDemanded(Scene scene) {
        UnaryOperator<SslContext.Builder> strict = b -> b.requireSecureRenegotiation(true);
        try (Pair pair = new Pair(scene, without5746(), strict)) {
            pair.refusal(SslReason.UNSAFE_LEGACY_RENEGOTIATION_DISABLED);
            assertTrue(Outcomes.notNull(pair.ssl.failure()).message().contains("RFC 5746"));
        }
        try (Pair pair = new Pair(scene, new Habits(), strict)) {
            pair.handshake().exchange();
        }
    }

    // ----------------------------------------------------------------------- floods with some data

    /** What comes again and again with a little data between. */
    enum Drip {
        KEY_UPDATES(Scene.tls13(), SslReason.TOO_MANY_KEY_UPDATES, 3_000),
        EMPTY_RECORDS(Scene.each(), SslReason.RECORD_TOO_SMALL, 200),
        WARNINGS(Scene.tls12(), SslReason.TOO_MANY_WARN_ALERTS, 40_000),
        HELLO_REQUESTS(List.of(CLIENT12), SslReason.NO_RENEGOTIATION, 200_000);

        private final List<Scene> scenes;
        private final SslReason reason;
        private final int enough;

        Drip(List<Scene> scenes, SslReason reason, int enough) {
            this.scenes = scenes;
            this.reason = reason;
            this.enough = enough;
        }

        void send(OddPeer peer) {
            switch (this) {
                case KEY_UPDATES -> peer.keyUpdate();
                case EMPTY_RECORDS -> peer.send(23);
                case WARNINGS -> peer.send(21, (byte) 1, (byte) 111);
                case HELLO_REQUESTS -> peer.send(22, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
            }
        }
    }

    static List<Arguments> drips() {
        List<Arguments> rows = new ArrayList<>();
        for (Drip drip : Drip.values()) {
            drip.scenes.forEach(scene -> rows.add(Arguments.of(drip, scene)));
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("drips")
    void aByteOfDataPaysForNothing(Drip drip, Scene scene) {
        try (Pair pair = new Pair(scene, new Habits()).handshake()) {
            int n = 1;
            for (int i = 0; i < 2_000 && n > 0; i++) {
                drip.send(pair.peer);
                pair.peer.send(23, new byte[1]);
                n = pair.read();
            }
            Outcomes.assertFailed(pair.ssl, n, -1, SslError.SSL, drip.reason);
        }
    }

    @ParameterizedTest
    @MethodSource("drips")
    void dataPaysForThem(Drip drip, Scene scene) {
        try (Pair pair = new Pair(scene, new Habits()).handshake()) {
            for (int i = 0; i < 400; i++) {
                drip.send(pair.peer);
                for (int left = drip.enough; left > 0; left -= 16_384) {
                    pair.peer.send(23, new byte[Math.min(left, 16_384)]);
                    int n = pair.read();
                    assertTrue(n > 0, () -> String.valueOf(pair.ssl.failure()));
                }
            }
        }
    }

    // -------------------------------------------------------------------------------- tiny records

    private static byte[] uint16(int number) {
        return new byte[] {(byte) (number >> 8), (byte) number};
    }

    private static Habits askingFor(int extension, byte[] data) {
        return new Habits()
                .hello(hello -> hello.extensions().put(extension, data))
                .serverExtensions(extensions -> extensions.put(extension, data));
    }

    /** Each record is a call of the engine's, which may be a token. */
    @Test
    void whereAnEngineIsGivenTheLeastIs512() {
        for (Scene scene : List.of(SERVER13, SERVER12)) {
            for (int limit : new int[] {64, 511, 512}) {
                UnaryOperator<SslContext.Builder> change =
                        b -> b.offload(new FailingToken(), OffloadPolicy.TOKEN_ONLY);
                try (Pair pair =
                        new Pair(scene, askingFor(RECORD_SIZE_LIMIT, uint16(limit)), change)) {
                    if (limit < 512) {
                        pair.refusal(SslReason.SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
                    } else {
                        assertEquals(SslError.WANT_READ, pair.firstError());
                    }
                }
            }
        }
    }

    static List<Arguments> recordSizeLimits() {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : List.of(SERVER13, SERVER12)) {
            for (int limit : new int[] {64, 511, 512, 4096}) {
                for (int least : new TreeSet<>(List.of(64, 512, 1024))) {
                    rows.add(Arguments.of(scene, RECORD_SIZE_LIMIT, limit, least));
                }
            }
            for (int limit : new int[] {512, 4096}) {
                rows.add(Arguments.of(scene, MAX_FRAGMENT_LENGTH, limit, 512));
                rows.add(Arguments.of(scene, MAX_FRAGMENT_LENGTH, limit, 1024));
            }
        }
        return rows;
    }

    @ParameterizedTest(name = "{0}, extension {1}: {2} bytes, the least is {3}")
    @MethodSource("recordSizeLimits")
    void smallestRecords(Scene scene, int extension, int limit, int least) {
        byte[] data =
                extension == RECORD_SIZE_LIMIT
                        ? uint16(limit)
                        : new byte[] {(byte) (limit == 512 ? 1 : 4)};
        Habits habits = askingFor(extension, data);
        try (Pair pair = new Pair(scene, habits, b -> b.minRecordSizeLimit(least))) {
            if (limit >= least) {
                // The peer itself does not expect its answer, so only ours is looked at.
                assertEquals(SslError.WANT_READ, pair.firstError());
            } else {
                pair.refusal(SslReason.SSL3_EXT_INVALID_MAX_FRAGMENT_LENGTH);
                String message = Outcomes.notNull(pair.ssl.failure()).message();
                assertTrue(message.contains(limit + " bytes"), message);
            }
        }
    }
}
