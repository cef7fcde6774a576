package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sslwrite.kit.HandshakeMessage.CERTIFICATE;
import static org.sslwrite.kit.HandshakeMessage.CERTIFICATE_REQUEST;
import static org.sslwrite.kit.HandshakeMessage.CERTIFICATE_VERIFY;
import static org.sslwrite.kit.HandshakeMessage.CLIENT_HELLO;
import static org.sslwrite.kit.HandshakeMessage.CLIENT_KEY_EXCHANGE;
import static org.sslwrite.kit.HandshakeMessage.ENCRYPTED_EXTENSIONS;
import static org.sslwrite.kit.HandshakeMessage.FINISHED;
import static org.sslwrite.kit.HandshakeMessage.KEY_UPDATE;
import static org.sslwrite.kit.HandshakeMessage.NEW_SESSION_TICKET;
import static org.sslwrite.kit.HandshakeMessage.SERVER_HELLO;
import static org.sslwrite.kit.HandshakeMessage.SERVER_KEY_EXCHANGE;
import static org.sslwrite.kit.HandshakeMessage.concat;
import static org.sslwrite.kit.HandshakeMessage.edit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.bio.Bio;
import org.sslwrite.kit.HandshakeMessage;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Outcomes;
import org.sslwrite.kit.Pki;
import org.sslwrite.kit.RawPeer;
import org.sslwrite.kit.RawPeer.Manner;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.kit.Script;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Messages that an RFC forbids: the connection ends with the alert that it names, and says why. The
 * peer is Bouncy Castle's, with one thing altered, as no peer can be told to do wrong.
 */
@Timeout(60)
class RefusedMessageTest {
    private static final Scene C13 = Scene.ANY;
    private static final Scene S13 = new Scene(Role.SERVER, C13.suite());
    private static final CipherSuite TLS12 = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final Scene C12 = new Scene(Role.CLIENT, TLS12);
    private static final Scene S12 = new Scene(Role.SERVER, TLS12);

    private static final int NO_ALERT = -1;
    private static final int UNEXPECTED_MESSAGE = 10;
    private static final int HANDSHAKE_FAILURE = 40;
    private static final int ILLEGAL_PARAMETER = 47;
    private static final int DECODE_ERROR = 50;
    private static final int MISSING_EXTENSION = 109;
    private static final int UNSUPPORTED_EXTENSION = 110;
    private static final int UNRECOGNIZED_NAME = 112;

    private static final int SERVER_NAME = 0;
    private static final int MAX_FRAGMENT_LENGTH = 1;
    private static final int SUPPORTED_GROUPS = 10;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int ALPN = 16;
    private static final int PADDING = 21;
    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int RECORD_SIZE_LIMIT = 28;
    private static final int EARLY_DATA = 42;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int COOKIE = 44;
    private static final int KEY_SHARE = 51;
    private static final int UNKNOWN = 0xfafa;

    private static final byte[] CHANGE_CIPHER_SPEC = {20, 3, 3, 0, 1, 1};

    /**
     * What a peer does, and what comes of it.
     *
     * @param what for a person
     * @param scene ours
     * @param ours what is changed in our context
     * @param manner the peer's, made anew for each connection
     * @param then what it does after the handshake, or when neither side goes on
     * @param alert ours, or {@link #NO_ALERT}
     * @param reason ours
     */
    record Row(
            String what,
            Scene scene,
            UnaryOperator<SslContext.Builder> ours,
            Supplier<Manner> manner,
            Consumer<RawPeer> then,
            int alert,
            SslReason reason) {
        Row ours(UnaryOperator<SslContext.Builder> change) {
            return new Row(what, scene, change, manner, then, alert, reason);
        }

        Row then(Consumer<RawPeer> action) {
            return new Row(what, scene, ours, manner, action, alert, reason);
        }

        Row manner(UnaryOperator<Manner> change) {
            Supplier<Manner> before = manner;
            return new Row(
                    what, scene, ours, () -> change.apply(before.get()), then, alert, reason);
        }

        @Override
        public String toString() {
            return what + ", we are the " + scene;
        }
    }

    private static Row row(String what, Scene scene, int alert, SslReason reason) {
        return new Row(what, scene, builder -> builder, Manner::new, peer -> {}, alert, reason);
    }

    private static Row row(
            String what, Scene scene, int alert, SslReason reason, Supplier<Script> script) {
        return row(what, scene, alert, reason).manner(manner -> manner.script(script.get()));
    }

    /** A message is altered. */
    private static Row row(
            String what,
            Scene scene,
            int alert,
            SslReason reason,
            int type,
            UnaryOperator<byte[]> change) {
        return row(what, scene, alert, reason, () -> Script.on(type, change));
    }

    /** A hello, or extensions, are altered. */
    private static Row edited(
            String what,
            Scene scene,
            int alert,
            SslReason reason,
            int type,
            Consumer<HandshakeMessage> change) {
        return row(what, scene, alert, reason, type, edit(change));
    }

    /** Something comes after the handshake. */
    private static Row after(
            String what, Scene scene, int alert, SslReason reason, Consumer<RawPeer> action) {
        return row(what, scene, alert, reason).then(action);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A vector with its length in two bytes before it. */
    private static byte[] vector16(byte[]... parts) {
        byte[] all = concat(parts);
        return concat(bytes(all.length >> 8, all.length), all);
    }

    // RFC 8446 sections 4.2.3 and 4.4.3, RFC 5246 sections 7.4.3 and 7.4.8.

    private static byte[] otherScheme(byte[] message, int at, int scheme) {
        byte[] changed = message.clone();
        changed[at] = (byte) (scheme >> 8);
        changed[at + 1] = (byte) scheme;
        return changed;
    }

    private static int schemeInServerKeyExchange(byte[] message) {
        return 4 + 3 + 1 + (message[7] & 0xff);
    }

    static List<Row> signatures() {
        SslReason type = SslReason.WRONG_SIGNATURE_TYPE;
        List<Row> rows = new ArrayList<>();
        for (Scene scene : Scene.tls13()) {
            record Signed(String what, Pki key, int scheme, SslReason reason) {}
            for (Signed signed :
                    List.of(
                            new Signed("rsa_pkcs1_sha256", Pki.RSA, 0x0401, type),
                            new Signed("rsa_pkcs1_sha384", Pki.RSA, 0x0501, type),
                            new Signed("rsa_pkcs1_sha1", Pki.RSA, 0x0201, type),
                            new Signed("an ECDSA scheme, RSA key", Pki.RSA, 0x0403, type),
                            new Signed("an RSA scheme, EC key", Pki.EC, 0x0804, type),
                            new Signed("ecdsa_sha1", Pki.EC, 0x0203, type),
                            new Signed(
                                    "P-384, key on P-256", Pki.EC, 0x0503, SslReason.WRONG_CURVE),
                            new Signed(
                                    "P-521, key on P-256",
                                    Pki.EC,
                                    0x0603,
                                    SslReason.WRONG_CURVE))) {
                rows.add(
                        row(
                                        "CertificateVerify: " + signed.what,
                                        scene,
                                        ILLEGAL_PARAMETER,
                                        signed.reason,
                                        () ->
                                                Script.on(
                                                        CERTIFICATE_VERIFY,
                                                        m -> otherScheme(m, 4, signed.scheme)))
                                .manner(
                                        m ->
                                                m.identity(
                                                        signed.key,
                                                        likely(signed.key, signed.scheme)))
                                .ours(b -> b.clientAuth(ClientAuth.REQUIRED)));
            }
        }
        for (int scheme : new int[] {0x0203, 0x0201, 0x0402, 0x0000, 0xfafa}) {
            String what = Integer.toHexString(scheme);
            rows.add(
                    row(
                            "ServerKeyExchange: scheme " + what,
                            C12,
                            ILLEGAL_PARAMETER,
                            type,
                            SERVER_KEY_EXCHANGE,
                            m -> otherScheme(m, schemeInServerKeyExchange(m), scheme)));
            rows.add(
                    row(
                                    "CertificateVerify: scheme " + what,
                                    S12,
                                    ILLEGAL_PARAMETER,
                                    type,
                                    CERTIFICATE_VERIFY,
                                    m -> otherScheme(m, 4, scheme))
                            .manner(m -> m.identity(Pki.EC, 0x0403))
                            .ours(b -> b.clientAuth(ClientAuth.REQUIRED)));
        }
        return rows;
    }

    /** Signatures are true where Bouncy Castle's peer can make them: the hash is the scheme's. */
    private static int likely(Pki key, int scheme) {
        boolean rsa = key == Pki.RSA;
        return switch (scheme & 0xff00) {
            case 0x0500 -> rsa ? 0x0501 : 0x0503;
            case 0x0600 -> rsa ? 0x0601 : 0x0603;
            default -> rsa ? 0x0401 : 0x0403;
        };
    }

    // RFC 8446 section 5.1.

    private static final byte[] KEY_UPDATE_MESSAGE = HandshakeMessage.of(KEY_UPDATE, (byte) 0);

    /** A record that begins with a message of this type has something behind it. */
    private static Supplier<Script> behind(int type, byte[] rest) {
        return () ->
                Script.records(
                        Script.HANDSHAKE,
                        (content, sender) ->
                                sender.send(
                                        Script.HANDSHAKE,
                                        content[0] == type ? concat(content, rest) : content));
    }

    /** A message of this type is cut in two, with a record between the parts. */
    private static Supplier<Script> between(int type, int recordType, byte... record) {
        return () ->
                Script.records(
                        Script.HANDSHAKE,
                        (content, sender) -> {
                            if (content[0] != type) {
                                sender.send(Script.HANDSHAKE, content);
                                return;
                            }
                            sender.send(Script.HANDSHAKE, Arrays.copyOf(content, 2));
                            sender.send(recordType, record);
                            sender.send(
                                    Script.HANDSHAKE,
                                    Arrays.copyOfRange(content, 2, content.length));
                        });
    }

    /** Of a message of this type only a part is sent. */
    private static Supplier<Script> half(int type) {
        return () ->
                Script.records(
                        Script.HANDSHAKE,
                        (content, sender) ->
                                sender.send(
                                        Script.HANDSHAKE,
                                        content[0] == type ? Arrays.copyOf(content, 9) : content));
    }

    static List<Row> boundaries() {
        SslReason boundary = SslReason.NOT_ON_RECORD_BOUNDARY;
        SslReason mixed = SslReason.MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA;
        List<Row> rows = new ArrayList<>();
        for (byte[] rest : List.of(KEY_UPDATE_MESSAGE, bytes(1))) {
            String what = rest.length > 1 ? "a message" : "a byte";
            rows.add(
                    row(
                            what + " behind ClientHello",
                            S13,
                            UNEXPECTED_MESSAGE,
                            boundary,
                            behind(CLIENT_HELLO, rest)));
            rows.add(
                    row(
                            what + " behind ServerHello",
                            C13,
                            UNEXPECTED_MESSAGE,
                            boundary,
                            behind(SERVER_HELLO, rest)));
            for (Scene scene : Scene.tls13()) {
                rows.add(
                        row(
                                what + " behind Finished",
                                scene,
                                UNEXPECTED_MESSAGE,
                                boundary,
                                behind(FINISHED, rest)));
                rows.add(
                        after(
                                what + " behind KeyUpdate",
                                scene,
                                UNEXPECTED_MESSAGE,
                                boundary,
                                peer -> peer.send(22, concat(KEY_UPDATE_MESSAGE, rest))));
            }
        }
        for (Scene scene : Scene.each()) {
            int hello = scene.role() == Role.CLIENT ? SERVER_HELLO : CLIENT_HELLO;
            rows.add(
                    row(
                            "ChangeCipherSpec in a hello",
                            scene,
                            UNEXPECTED_MESSAGE,
                            mixed,
                            between(hello, 20, (byte) 1)));
            rows.add(
                    after(
                            "data in a message",
                            scene,
                            UNEXPECTED_MESSAGE,
                            mixed,
                            peer -> {
                                peer.send(22, (byte) 0, (byte) 0);
                                peer.send(23, new byte[3]);
                            }));
            rows.add(
                    after(
                            "empty data in a message",
                            scene,
                            UNEXPECTED_MESSAGE,
                            mixed,
                            peer -> {
                                peer.send(22, (byte) 0, (byte) 0);
                                peer.send(23);
                            }));
        }
        for (Scene scene : Scene.tls13()) {
            rows.add(
                    row(
                                    "ChangeCipherSpec in Finished",
                                    scene,
                                    UNEXPECTED_MESSAGE,
                                    mixed,
                                    half(FINISHED))
                            .then(peer -> peer.sendPlain(CHANGE_CIPHER_SPEC)));
            rows.add(
                    row(
                            "data in Finished",
                            scene,
                            UNEXPECTED_MESSAGE,
                            mixed,
                            between(FINISHED, 23, new byte[3])));
            rows.add(
                    after(
                            "half an alert",
                            scene,
                            UNEXPECTED_MESSAGE,
                            SslReason.INVALID_ALERT,
                            peer -> peer.send(21, (byte) 1)));
            rows.add(
                    after(
                            "two alerts in a record",
                            scene,
                            UNEXPECTED_MESSAGE,
                            SslReason.INVALID_ALERT,
                            peer -> peer.send(21, bytes(1, 90, 1, 90))));
            rows.add(
                    after(
                            "alert and a byte",
                            scene,
                            UNEXPECTED_MESSAGE,
                            SslReason.INVALID_ALERT,
                            peer -> peer.send(21, bytes(2, 40, 1))));
        }
        rows.add(
                row(
                        "ChangeCipherSpec in ClientKeyExchange",
                        S12,
                        UNEXPECTED_MESSAGE,
                        mixed,
                        between(CLIENT_KEY_EXCHANGE, 20, (byte) 1)));
        rows.add(
                row(
                        "ChangeCipherSpec in ServerKeyExchange",
                        C12,
                        UNEXPECTED_MESSAGE,
                        mixed,
                        between(SERVER_KEY_EXCHANGE, 20, (byte) 1)));
        return rows;
    }

    // RFC 7301 section 3.1.

    private static byte[] protocols(String... names) {
        return vector16(
                Arrays.stream(names)
                        .map(
                                name ->
                                        concat(
                                                bytes(name.length()),
                                                name.getBytes(StandardCharsets.US_ASCII)))
                        .toArray(byte[][]::new));
    }

    static List<Row> alpn() {
        SslReason bad = SslReason.BAD_EXTENSION;
        List<Row> rows = new ArrayList<>();
        for (Scene scene : List.of(C13, C12)) {
            int answer = scene.isTls13() ? ENCRYPTED_EXTENSIONS : SERVER_HELLO;
            record Answer(String what, int alert, byte[] data) {}
            for (Answer given :
                    List.of(
                            new Answer("not offered", ILLEGAL_PARAMETER, protocols("h3")),
                            new Answer("a part of an offered", ILLEGAL_PARAMETER, protocols("h")),
                            new Answer("two", DECODE_ERROR, protocols("h2", "http/1.1")),
                            new Answer("none", DECODE_ERROR, protocols()),
                            new Answer("an empty name", DECODE_ERROR, protocols("")),
                            new Answer("nothing at all", DECODE_ERROR, bytes()),
                            new Answer(
                                    "a byte too many",
                                    DECODE_ERROR,
                                    concat(protocols("h2"), bytes(0))))) {
                SslReason reason = given.data.length == 0 ? SslReason.BAD_PACKET : bad;
                rows.add(
                        edited(
                                        "ALPN answer: " + given.what,
                                        scene,
                                        given.alert,
                                        reason,
                                        answer,
                                        m -> m.put(ALPN, given.data))
                                .ours(b -> b.alpn(List.of("h2", "http/1.1"))));
            }
            rows.add(
                    edited(
                            "ALPN answer, not asked for",
                            scene,
                            UNSUPPORTED_EXTENSION,
                            SslReason.UNSOLICITED_EXTENSION,
                            answer,
                            m -> m.put(ALPN, protocols("h2"))));
        }
        for (Scene scene : List.of(S13, S12)) {
            for (byte[] data :
                    List.of(
                            protocols(),
                            protocols(""),
                            protocols("h2", ""),
                            concat(protocols("h2"), bytes(0)))) {
                Row row =
                        edited(
                                "ALPN offer " + HexFormat.of().formatHex(data),
                                scene,
                                DECODE_ERROR,
                                bad,
                                CLIENT_HELLO,
                                m -> m.put(ALPN, data));
                rows.add(row.ours(b -> b.alpn(List.of("h2"))));
                rows.add(row);
            }
        }
        return rows;
    }

    // RFC 8446 section 4.2, RFC 5246 section 7.4.1.4.

    private static byte[] ticket(int... extensions) {
        byte[] block = {};
        for (int extension : extensions) {
            block = concat(block, bytes(extension >> 8, extension, 0, 0));
        }
        return HandshakeMessage.of(
                NEW_SESSION_TICKET,
                concat(new byte[8], bytes(1, 1), vector16(bytes(1)), vector16(block)));
    }

    static List<Row> extensions() {
        SslReason bad = SslReason.BAD_EXTENSION;
        SslReason unsolicited = SslReason.UNSOLICITED_EXTENSION;
        List<Row> rows = new ArrayList<>();
        record Place(String what, Scene scene, int type, int misplaced, int known) {}
        for (Place place :
                List.of(
                        new Place("ServerHello", C13, SERVER_HELLO, SERVER_NAME, KEY_SHARE),
                        new Place("HelloRetryRequest", C13, SERVER_HELLO, SERVER_NAME, KEY_SHARE),
                        new Place(
                                "EncryptedExtensions",
                                C13,
                                ENCRYPTED_EXTENSIONS,
                                KEY_SHARE,
                                SERVER_NAME),
                        new Place(
                                "ServerHello",
                                C12,
                                SERVER_HELLO,
                                SIGNATURE_ALGORITHMS,
                                EXTENDED_MASTER_SECRET))) {
            UnaryOperator<Manner> manner = m -> place.what.startsWith("HelloR") ? m.groups(24) : m;
            rows.add(
                    edited(
                                    "unknown extension in " + place.what,
                                    place.scene,
                                    UNSUPPORTED_EXTENSION,
                                    unsolicited,
                                    place.type,
                                    m -> m.add(UNKNOWN))
                            .manner(manner));
            rows.add(
                    edited(
                                    "extension nobody asked for in " + place.what,
                                    place.scene,
                                    UNSUPPORTED_EXTENSION,
                                    unsolicited,
                                    place.type,
                                    m -> m.add(MAX_FRAGMENT_LENGTH, (byte) 1))
                            .manner(manner));
            rows.add(
                    edited(
                                    "extension in the wrong place, " + place.what,
                                    place.scene,
                                    ILLEGAL_PARAMETER,
                                    bad,
                                    place.type,
                                    m -> m.add(place.misplaced))
                            .manner(manner));
            rows.add(
                    edited(
                                    "extension twice in " + place.what,
                                    place.scene,
                                    ILLEGAL_PARAMETER,
                                    bad,
                                    place.type,
                                    m -> {
                                        m.put(place.known, bytes());
                                        m.repeat(place.known);
                                    })
                            .manner(manner));
        }
        rows.add(
                edited(
                        "cookie in ServerHello",
                        C13,
                        UNSUPPORTED_EXTENSION,
                        unsolicited,
                        SERVER_HELLO,
                        m -> m.add(COOKIE, vector16(bytes(1)))));
        for (Scene scene : Scene.tls13()) {
            for (int extension : new int[] {UNKNOWN, 5, 18}) {
                rows.add(
                        row(
                                        "extension " + extension + " of a certificate",
                                        scene,
                                        UNSUPPORTED_EXTENSION,
                                        unsolicited,
                                        CERTIFICATE,
                                        HandshakeMessage.extendLastCertificate(extension))
                                .manner(m -> m.identity(Pki.EC, 0x0403))
                                .ours(b -> b.clientAuth(ClientAuth.REQUIRED)));
            }
        }
        rows.add(
                row(
                        "server_name of a certificate",
                        C13,
                        ILLEGAL_PARAMETER,
                        bad,
                        CERTIFICATE,
                        HandshakeMessage.extendLastCertificate(SERVER_NAME)));
        rows.add(
                edited(
                                "key_share in CertificateRequest",
                                C13,
                                ILLEGAL_PARAMETER,
                                bad,
                                CERTIFICATE_REQUEST,
                                m -> m.add(KEY_SHARE))
                        .manner(Manner::askingForCertificate));
        rows.add(
                edited(
                                "extension twice in CertificateRequest",
                                C13,
                                ILLEGAL_PARAMETER,
                                bad,
                                CERTIFICATE_REQUEST,
                                m -> m.repeat(SIGNATURE_ALGORITHMS))
                        .manner(Manner::askingForCertificate));
        rows.add(
                edited(
                                "CertificateRequest without signature_algorithms",
                                C13,
                                MISSING_EXTENSION,
                                SslReason.MISSING_EXTENSION,
                                CERTIFICATE_REQUEST,
                                m -> m.remove(SIGNATURE_ALGORITHMS))
                        .manner(Manner::askingForCertificate));
        rows.add(
                after(
                        "key_share in NewSessionTicket",
                        C13,
                        ILLEGAL_PARAMETER,
                        bad,
                        peer -> peer.send(22, ticket(KEY_SHARE))));
        rows.add(
                after(
                        "extension twice in NewSessionTicket",
                        C13,
                        ILLEGAL_PARAMETER,
                        bad,
                        peer -> peer.send(22, ticket(UNKNOWN, UNKNOWN))));
        for (Scene scene : List.of(S13, S12)) {
            rows.add(
                    edited(
                            "extension twice in ClientHello",
                            scene,
                            ILLEGAL_PARAMETER,
                            bad,
                            CLIENT_HELLO,
                            m -> m.repeat(SUPPORTED_GROUPS)));
        }
        return rows;
    }

    // RFC 8446 sections 4.1.2, 4.2.8 and 9.2, RFC 8422 section 5.1.1.

    private static byte[] share(int group, int first, int length) {
        byte[] key = new byte[length];
        key[0] = (byte) first;
        return concat(bytes(group >> 8, group), vector16(key));
    }

    static List<Row> keyShares() {
        SslReason point = SslReason.BAD_ECPOINT;
        SslReason shares = SslReason.BAD_KEY_SHARE;
        List<Row> rows = new ArrayList<>();
        record Bad(String what, byte[] share, SslReason reason) {}
        List<Bad> all =
                List.of(
                        new Bad("compressed", share(23, 2, 33), point),
                        new Bad("compressed, odd", share(23, 3, 33), point),
                        new Bad("hybrid", share(23, 6, 65), point),
                        new Bad("infinity", share(23, 0, 1), point),
                        new Bad("a byte short", share(23, 4, 64), point),
                        new Bad("a byte long", share(23, 4, 66), point),
                        new Bad("of another curve", share(23, 4, 97), point),
                        new Bad("not on the curve", share(23, 4, 65), point),
                        new Bad("x25519, a byte short", share(29, 9, 31), point),
                        new Bad("x25519, a byte long", share(29, 9, 33), point));
        for (Bad bad : all) {
            SslReason reason = bad.reason;
            NamedGroup group = bad.share[1] == 23 ? NamedGroup.SECP256R1 : NamedGroup.X25519;
            UnaryOperator<SslContext.Builder> ours = b -> b.groups(List.of(group));
            rows.add(
                    edited(
                                    "share, " + bad.what,
                                    S13,
                                    ILLEGAL_PARAMETER,
                                    reason,
                                    CLIENT_HELLO,
                                    m -> m.put(KEY_SHARE, vector16(bad.share)))
                            .ours(ours));
            rows.add(
                    edited(
                                    "share, " + bad.what,
                                    C13,
                                    ILLEGAL_PARAMETER,
                                    reason,
                                    SERVER_HELLO,
                                    m -> m.put(KEY_SHARE, bad.share))
                            .ours(ours));
        }
        rows.add(
                edited(
                        "two shares for a group",
                        S13,
                        ILLEGAL_PARAMETER,
                        shares,
                        CLIENT_HELLO,
                        m -> {
                            byte[] list = m.get(KEY_SHARE);
                            byte[] one = Arrays.copyOfRange(list, 2, list.length);
                            m.put(KEY_SHARE, vector16(one, one));
                        }));
        rows.add(
                edited(
                        "a share for a group that is not offered",
                        S13,
                        ILLEGAL_PARAMETER,
                        shares,
                        CLIENT_HELLO,
                        m -> {
                            byte[] list = m.get(KEY_SHARE);
                            byte[] one = Arrays.copyOfRange(list, 2, list.length);
                            m.put(KEY_SHARE, vector16(one, share(0x7777, 1, 1)));
                        }));
        for (int missing : new int[] {KEY_SHARE, SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS}) {
            rows.add(
                    edited(
                            "ClientHello without extension " + missing,
                            S13,
                            MISSING_EXTENSION,
                            SslReason.MISSING_EXTENSION,
                            CLIENT_HELLO,
                            m -> m.remove(missing)));
        }
        rows.add(
                edited(
                        "ClientHello without groups and shares",
                        S13,
                        MISSING_EXTENSION,
                        SslReason.MISSING_EXTENSION,
                        CLIENT_HELLO,
                        m -> {
                            m.remove(KEY_SHARE);
                            m.remove(SUPPORTED_GROUPS);
                        }));
        for (int[] methods : new int[][] {{1, 0}, {0, 1}, {0, 0}, {1}}) {
            rows.add(
                    edited(
                            "compression methods " + Arrays.toString(methods),
                            S13,
                            ILLEGAL_PARAMETER,
                            SslReason.INVALID_COMPRESSION_ALGORITHM,
                            CLIENT_HELLO,
                            m -> m.compressionMethods = bytes(methods)));
        }
        rows.add(
                edited(
                        "compression and nothing else",
                        S12,
                        ILLEGAL_PARAMETER,
                        SslReason.NO_COMPRESSION_SPECIFIED,
                        CLIENT_HELLO,
                        m -> m.compressionMethods = bytes(1)));
        for (Scene scene : List.of(C13, C12)) {
            rows.add(
                    edited(
                            "compression chosen",
                            scene,
                            ILLEGAL_PARAMETER,
                            SslReason.BAD_VALUE,
                            SERVER_HELLO,
                            m -> m.compressionMethods = bytes(1)));
        }
        for (Bad bad : all) {
            boolean nistCurve = bad.share[1] == 23;
            byte[] key = Arrays.copyOfRange(bad.share, 4, bad.share.length);
            rows.add(
                    row(
                                    "ClientKeyExchange, " + bad.what,
                                    S12,
                                    ILLEGAL_PARAMETER,
                                    bad.reason,
                                    CLIENT_KEY_EXCHANGE,
                                    m ->
                                            HandshakeMessage.of(
                                                    CLIENT_KEY_EXCHANGE,
                                                    concat(bytes(key.length), key)))
                            .ours(
                                    b ->
                                            b.groups(
                                                    List.of(
                                                            nistCurve
                                                                    ? NamedGroup.SECP256R1
                                                                    : NamedGroup.X25519))));
        }
        record Curve(String what, byte[] start, SslReason reason) {}
        for (Curve curve :
                List.of(
                        new Curve("explicit curve", bytes(1, 0, 29), SslReason.WRONG_CURVE),
                        new Curve("another curve", bytes(3, 0, 30), SslReason.WRONG_CURVE),
                        new Curve("wrong length", bytes(3, 0, 23), point))) {
            rows.add(
                    row(
                                    "ServerKeyExchange, " + curve.what,
                                    C12,
                                    ILLEGAL_PARAMETER,
                                    curve.reason,
                                    SERVER_KEY_EXCHANGE,
                                    m -> {
                                        byte[] changed = m.clone();
                                        System.arraycopy(curve.start, 0, changed, 4, 3);
                                        return changed;
                                    })
                            .ours(b -> b.groups(List.of(NamedGroup.X25519, NamedGroup.SECP256R1))));
        }
        return rows;
    }

    // RFC 8449.

    static List<Row> recordSizeLimits() {
        SslReason bad = SslReason.BAD_EXTENSION;
        byte[] limit = bytes(2, 0);
        return List.of(
                edited(
                        "record_size_limit twice in ClientHello",
                        S13,
                        ILLEGAL_PARAMETER,
                        bad,
                        CLIENT_HELLO,
                        m -> {
                            m.put(RECORD_SIZE_LIMIT, limit);
                            m.add(RECORD_SIZE_LIMIT, bytes(4, 0));
                        }),
                edited(
                        "record_size_limit twice in EncryptedExtensions",
                        C13,
                        ILLEGAL_PARAMETER,
                        bad,
                        ENCRYPTED_EXTENSIONS,
                        m -> {
                            m.put(RECORD_SIZE_LIMIT, limit);
                            m.add(RECORD_SIZE_LIMIT, bytes(4, 0));
                        }),
                edited(
                        "record_size_limit in ServerHello",
                        C13,
                        ILLEGAL_PARAMETER,
                        bad,
                        SERVER_HELLO,
                        m -> m.put(RECORD_SIZE_LIMIT, limit)),
                edited(
                        "record_size_limit twice in ServerHello",
                        C12,
                        ILLEGAL_PARAMETER,
                        bad,
                        SERVER_HELLO,
                        m -> {
                            m.put(RECORD_SIZE_LIMIT, limit);
                            m.repeat(RECORD_SIZE_LIMIT);
                        }),
                edited(
                        "record_size_limit and max_fragment_length",
                        C13,
                        ILLEGAL_PARAMETER,
                        bad,
                        ENCRYPTED_EXTENSIONS,
                        m -> {
                            m.put(RECORD_SIZE_LIMIT, limit);
                            m.put(MAX_FRAGMENT_LENGTH, (byte) 1);
                        }),
                edited(
                        "record_size_limit and max_fragment_length",
                        C12,
                        ILLEGAL_PARAMETER,
                        bad,
                        SERVER_HELLO,
                        m -> {
                            m.put(RECORD_SIZE_LIMIT, limit);
                            m.put(MAX_FRAGMENT_LENGTH, (byte) 1);
                        }),
                edited(
                        "record_size_limit of 63",
                        C13,
                        ILLEGAL_PARAMETER,
                        SslReason.BAD_VALUE,
                        ENCRYPTED_EXTENSIONS,
                        m -> m.put(RECORD_SIZE_LIMIT, bytes(0, 63))),
                edited(
                        "record_size_limit of 63",
                        S13,
                        ILLEGAL_PARAMETER,
                        SslReason.BAD_VALUE,
                        CLIENT_HELLO,
                        m -> m.put(RECORD_SIZE_LIMIT, bytes(0, 63))));
    }

    // RFC 8446 sections 4.1.2 to 4.1.4.

    private static Row second(String what, Consumer<HandshakeMessage> change) {
        return row(
                        what + " in the second ClientHello",
                        S13,
                        ILLEGAL_PARAMETER,
                        SslReason.BAD_VALUE,
                        () -> Script.on(CLIENT_HELLO, 1, edit(change)))
                .ours(b -> b.groups(List.of(NamedGroup.SECP384R1)));
    }

    /** A server that sends a HelloRetryRequest, with one of its hellos altered. */
    private static Row retry(String what, int which, Consumer<HandshakeMessage> change) {
        return row(
                        what,
                        C13,
                        ILLEGAL_PARAMETER,
                        SslReason.BAD_VALUE,
                        () -> Script.on(SERVER_HELLO, which, edit(change)))
                .manner(m -> m.groups(24));
    }

    static List<Row> retries() {
        return List.of(
                second("another random", m -> m.random[5]++),
                second("another session id", m -> m.sessionId = new byte[32]),
                second("another suite list", m -> m.suites = concat(m.suites, bytes(0x13, 3))),
                second("an extension more", m -> m.add(UNKNOWN)),
                second("an extension less", m -> m.remove(SERVER_NAME)),
                second("record_size_limit", m -> m.add(RECORD_SIZE_LIMIT, bytes(2, 0))),
                second("early_data", m -> m.add(EARLY_DATA)),
                second(
                        "another name",
                        m -> {
                            byte[] name = m.get(SERVER_NAME).clone();
                            name[name.length - 1]++;
                            m.put(SERVER_NAME, name);
                        }),
                second("another cookie", m -> m.put(COOKIE, vector16(bytes(1)))),
                second("no cookie", m -> m.remove(COOKIE)),
                second("the wrong share", m -> m.put(KEY_SHARE, vector16(share(29, 9, 32)))),
                retry("retry for a share that was sent", 0, m -> m.put(KEY_SHARE, bytes(0, 29))),
                retry("retry for a group not offered", 0, m -> m.put(KEY_SHARE, bytes(1, 0))),
                retry(
                        "retry for nothing",
                        0,
                        m -> {
                            m.remove(KEY_SHARE);
                            m.remove(COOKIE);
                        }),
                retry("retry with another session id", 0, m -> m.sessionId[0]++),
                retry("retry with a suite not offered", 0, m -> m.suites = bytes(0x13, 2)),
                retry("another suite than the retry's", 1, m -> m.suites = bytes(0x13, 2))
                        .ours(
                                b ->
                                        b.cipherSuites(
                                                List.of(
                                                        CipherSuite.TLS_AES_128_GCM_SHA256,
                                                        CipherSuite.TLS_AES_256_GCM_SHA384))),
                retry("another group than the retry's", 1, m -> m.put(KEY_SHARE, share(29, 9, 32))),
                retry("ServerHello with another session id", 1, m -> m.sessionId[0]++),
                row(
                                "retry twice",
                                C13,
                                UNEXPECTED_MESSAGE,
                                SslReason.UNEXPECTED_MESSAGE,
                                RefusedMessageTest::sameHelloAgain)
                        .manner(m -> m.groups(24)),
                edited(
                        "session id that is not ours",
                        C13,
                        ILLEGAL_PARAMETER,
                        SslReason.BAD_VALUE,
                        SERVER_HELLO,
                        m -> m.sessionId = bytes(1)),
                edited(
                                "downgrade, by the random",
                                C12,
                                ILLEGAL_PARAMETER,
                                SslReason.INAPPROPRIATE_FALLBACK,
                                SERVER_HELLO,
                                m ->
                                        System.arraycopy(
                                                HexFormat.of().parseHex("444f574e47524401"),
                                                0,
                                                m.random,
                                                24,
                                                8))
                        .ours(RefusedMessageTest::bothVersions));
    }

    private static SslContext.Builder bothVersions(SslContext.Builder builder) {
        return builder.versions(List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2))
                .cipherSuites(List.of(C13.suite(), TLS12));
    }

    private static Script sameHelloAgain() {
        byte[][] first = {null};
        return Script.on(
                SERVER_HELLO,
                message -> {
                    if (first[0] == null) {
                        first[0] = message;
                    }
                    return first[0];
                });
    }

    // RFC 7627.

    static List<Row> renegotiations() {
        List<Row> rows = new ArrayList<>();
        for (Scene scene : Scene.tls12()) {
            int hello = scene.role() == Role.CLIENT ? SERVER_HELLO : CLIENT_HELLO;
            rows.add(
                    row(
                                    "extended_master_secret is dropped",
                                    scene,
                                    HANDSHAKE_FAILURE,
                                    SslReason.INCONSISTENT_EXTMS,
                                    () ->
                                            Script.on(
                                                    hello,
                                                    1,
                                                    edit(m -> m.remove(EXTENDED_MASTER_SECRET))))
                            .ours(b -> b.allowRenegotiation(true))
                            .then(RawPeer::renegotiate));
            rows.add(
                    row(
                                    "extended_master_secret comes late",
                                    scene,
                                    HANDSHAKE_FAILURE,
                                    SslReason.INCONSISTENT_EXTMS,
                                    () ->
                                            Script.on(
                                                    hello,
                                                    1,
                                                    edit(m -> m.put(EXTENDED_MASTER_SECRET))))
                            .manner(Manner::withoutExtendedMasterSecret)
                            .ours(b -> b.allowRenegotiation(true))
                            .then(RawPeer::renegotiate));
            if (scene.role() == Role.SERVER) {
                rows.add(
                        row(
                                        "ClientHello twice",
                                        scene,
                                        UNEXPECTED_MESSAGE,
                                        SslReason.UNEXPECTED_MESSAGE,
                                        () -> Script.on(CLIENT_HELLO, 1, m -> concat(m, m)))
                                .ours(b -> b.allowRenegotiation(true))
                                .then(RawPeer::renegotiate));
            }
        }
        return rows;
    }

    // RFC 6066 section 3.

    private static byte[] name(int type, String name) {
        return concat(bytes(type), vector16(name.getBytes(StandardCharsets.ISO_8859_1)));
    }

    static List<Row> serverNames() {
        SslReason bad = SslReason.BAD_EXTENSION;
        record Name(String what, int alert, byte[] data, SslReason reason) {}
        List<Row> rows = new ArrayList<>();
        for (Scene scene : List.of(S13, S12)) {
            for (String name :
                    List.of(
                            "a\0b",
                            "\0",
                            "a b",
                            "a\nFatal: b",
                            "a\u001b[2J",
                            "a\u00e4.test",
                            "a..b",
                            ".",
                            ".a",
                            "::1",
                            "a/../b",
                            "a".repeat(64),
                            "a.".repeat(127) + "a")) {
                rows.add(
                        edited(
                                "name \"" + name.replaceAll("[^ -~]", "?") + "\"",
                                scene,
                                UNRECOGNIZED_NAME,
                                bad,
                                CLIENT_HELLO,
                                m -> m.put(SERVER_NAME, vector16(name(0, name)))));
            }
            for (Name given :
                    List.of(
                            new Name("empty name", DECODE_ERROR, vector16(name(0, "")), bad),
                            new Name("no name", DECODE_ERROR, vector16(), bad),
                            new Name("nothing", DECODE_ERROR, bytes(), SslReason.BAD_PACKET),
                            new Name(
                                    "a byte too many",
                                    DECODE_ERROR,
                                    concat(vector16(name(0, "a")), bytes(0)),
                                    bad),
                            new Name(
                                    "cut off",
                                    DECODE_ERROR,
                                    vector16(bytes(0, 0, 9, 'a')),
                                    SslReason.BAD_PACKET),
                            new Name(
                                    "two names",
                                    ILLEGAL_PARAMETER,
                                    vector16(name(0, "a.test"), name(0, "b.test")),
                                    bad),
                            new Name(
                                    "two names of an unknown type",
                                    ILLEGAL_PARAMETER,
                                    vector16(name(7, "a"), name(7, "b")),
                                    bad))) {
                rows.add(
                        edited(
                                "server_name: " + given.what,
                                scene,
                                given.alert,
                                given.reason,
                                CLIENT_HELLO,
                                m -> m.put(SERVER_NAME, given.data)));
            }
        }
        return rows;
    }

    // RFC 8446 section 6.

    static List<Row> warnings() {
        List<Row> rows = new ArrayList<>();
        for (Scene scene : Scene.tls13()) {
            record Warning(int alert, SslReason reason) {}
            for (Warning warning :
                    List.of(
                            new Warning(40, SslReason.SSLV3_ALERT_HANDSHAKE_FAILURE),
                            new Warning(48, SslReason.TLSV1_ALERT_UNKNOWN_CA),
                            new Warning(100, SslReason.TLSV1_ALERT_NO_RENEGOTIATION),
                            new Warning(41, SslReason.SSLV3_ALERT_NO_CERTIFICATE),
                            new Warning(238, SslReason.UNKNOWN_ALERT_TYPE))) {
                rows.add(
                        after(
                                "warning " + warning.alert,
                                scene,
                                NO_ALERT,
                                warning.reason,
                                peer -> peer.send(21, bytes(1, warning.alert))));
                int type = scene.role() == Role.CLIENT ? ENCRYPTED_EXTENSIONS : FINISHED;
                rows.add(
                        row(
                                "warning " + warning.alert + " in the handshake",
                                scene,
                                NO_ALERT,
                                warning.reason,
                                () ->
                                        Script.records(
                                                Script.HANDSHAKE,
                                                (content, sender) -> {
                                                    if (content[0] == type) {
                                                        sender.send(21, bytes(1, warning.alert));
                                                    } else {
                                                        sender.send(Script.HANDSHAKE, content);
                                                    }
                                                })));
            }
        }
        return rows;
    }

    @Tag("W19")
    @ParameterizedTest
    @MethodSource({
        "signatures",
        "boundaries",
        "alpn",
        "extensions",
        "keyShares",
        "recordSizeLimits",
        "retries",
        "renegotiations",
        "serverNames",
        "warnings"
    })
    void endsWithTheAlertAndTheReason(Row row) {
        try (Talk talk = new Talk(row.scene, row.ours, row.manner.get())) {
            long n = talk.run(row.then);
            Outcomes.assertFailed(talk.ssl, n, -1, SslError.SSL, row.reason);
            assertEquals(row.alert, talk.alert());
            Outcomes.assertFailed(
                    talk.ssl, talk.ssl.write(new byte[1], 0, 1), -1, SslError.SSL, row.reason);
        }
    }

    /** What looks much like it, and is right. */
    static List<Row> allowed() {
        List<Row> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            rows.add(row("nothing", scene, NO_ALERT, null));
            rows.add(
                    row("a certificate", scene, NO_ALERT, null)
                            .manner(m -> m.identity(Pki.EC, 0x0403).askingForCertificate())
                            .ours(b -> b.clientAuth(ClientAuth.REQUIRED)));
            if (scene.role() == Role.SERVER) {
                rows.add(
                        edited(
                                "a name of an unknown type",
                                scene,
                                NO_ALERT,
                                null,
                                CLIENT_HELLO,
                                m -> m.put(SERVER_NAME, vector16(name(7, "\0")))));
                for (String name : List.of("127.0.0.1", "a_b-c.test", "a.test.")) {
                    rows.add(
                            edited(
                                    "the name " + name,
                                    scene,
                                    NO_ALERT,
                                    null,
                                    CLIENT_HELLO,
                                    m -> m.put(SERVER_NAME, vector16(name(0, name)))));
                }
            }
        }
        for (Consumer<HandshakeMessage> change :
                List.<Consumer<HandshakeMessage>>of(m -> {}, m -> m.put(PADDING, new byte[9]))) {
            rows.add(
                    row(
                                    "a second ClientHello",
                                    S13,
                                    NO_ALERT,
                                    null,
                                    () -> Script.on(CLIENT_HELLO, 1, edit(change)))
                            .ours(b -> b.groups(List.of(NamedGroup.SECP384R1))));
        }
        rows.add(row("a retry", C13, NO_ALERT, null).manner(m -> m.groups(24)));
        rows.add(
                edited(
                        "compression besides none",
                        S12,
                        NO_ALERT,
                        null,
                        CLIENT_HELLO,
                        m -> m.compressionMethods = bytes(1, 0)));
        rows.add(
                edited(
                                "an unknown extension in CertificateRequest",
                                C13,
                                NO_ALERT,
                                null,
                                CERTIFICATE_REQUEST,
                                m -> m.add(UNKNOWN))
                        .manner(Manner::askingForCertificate));
        rows.add(
                after(
                        "a ticket",
                        C13,
                        NO_ALERT,
                        null,
                        peer -> peer.send(22, ticket(UNKNOWN, EARLY_DATA))));
        for (Scene scene : Scene.tls12()) {
            for (boolean extended : new boolean[] {true, false}) {
                rows.add(
                        row("a renegotiation", scene, NO_ALERT, null)
                                .manner(m -> extended ? m : m.withoutExtendedMasterSecret())
                                .ours(b -> b.allowRenegotiation(true))
                                .then(RawPeer::renegotiate));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void goesOn(Row row) {
        try (Talk talk = new Talk(row.scene, row.ours, row.manner.get())) {
            Outcomes.assertWants(talk.ssl, talk.run(row.then), SslError.WANT_READ);
            assertTrue(talk.ssl.isInitFinished());
            assertTrue(talk.peer.isReady());
            Outcomes.assertDone(talk.ssl, talk.ssl.write(new byte[3], 0, 3), 3);
            assertEquals(NO_ALERT, talk.peer.turnUntilAlert());
            assertEquals(3, talk.peer.received().length);
        }
    }

    /** Our connection and the peer. */
    private static final class Talk implements AutoCloseable {
        final Ssl ssl;
        final RawPeer peer;
        private int alert = NO_ALERT;

        Talk(Scene scene, UnaryOperator<SslContext.Builder> ours, Manner manner) {
            Bio[] ends = TwoWayBio.pair();
            ssl = ours.apply(Link.builder(scene)).build().newSsl();
            ssl.setBio(ends[0]);
            if (scene.role() == Role.CLIENT) {
                ssl.setHost(Pki.HOST);
                ssl.setConnectState();
            } else {
                ssl.setAcceptState();
            }
            peer = RawPeer.of(scene, ends[1], manner);
        }

        /** Our last result. */
        long run(Consumer<RawPeer> then) {
            long n = turns();
            if (ssl.getError(n) != SslError.SSL && alert == NO_ALERT) {
                then.accept(peer);
                n = turns();
            }
            return n;
        }

        private long turns() {
            long n = -1;
            for (int turn = 0; turn < 8; turn++) {
                n = ssl.read(ByteBuffer.allocate(100));
                if (ssl.getError(n) == SslError.SSL) {
                    return n;
                }
                hear();
            }
            return n;
        }

        private void hear() {
            if (alert == NO_ALERT) {
                alert = peer.turnUntilAlert();
            }
        }

        /** The fatal alert that the peer has got. */
        int alert() {
            hear();
            return alert;
        }

        @Override
        public void close() {
            ssl.close();
        }
    }
}
