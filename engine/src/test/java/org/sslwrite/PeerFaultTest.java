package org.sslwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
import org.sslwrite.kit.ScriptedBio;
import org.sslwrite.kit.TwoWayBio;
import org.sslwrite.kit.WireTap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whose fault it is: what a peer did wrong is never called an internal error, and what failed on
 * our side is never called the peer's. No real peer sends such messages; Bouncy Castle's does here,
 * after its own have been changed.
 */
@Timeout(600)
class PeerFaultTest {
    private static final long SEED = Long.getLong("sslwrite.seed", 20_260_102L);
    private static final int INTERNAL_ERROR = 80;
    private static final int DECRYPTION_FAILED = 21;
    private static final Set<SslReason> NEVER =
            Set.of(SslReason.INTERNAL_ERROR, SslReason.TRANSPORT_FAILED, SslReason.SEAL_FAILED);

    /** How a connection to a peer with bad manners ended on our side. */
    private record End(String what, Ssl ssl, long result, byte[] wire, int alertAtPeer) {
        boolean failed() {
            return ssl.getError(result) == SslError.SSL;
        }

        SslReason reason() {
            return Outcomes.notNull(ssl.failure()).reason();
        }

        /** The alert that we sent, or -1. */
        int alert() {
            return failed() ? Outcomes.alertSent(ssl) : -1;
        }

        boolean isAlertReceived() {
            return ssl.failure().cause() instanceof TlsFatalAlertReceived;
        }

        @Override
        public String toString() {
            SslFailure failure = ssl.failure();
            StringBuilder text = new StringBuilder(what + ": " + failure);
            Throwable cause = failure == null ? null : failure.cause();
            for (; cause != null; cause = cause.getCause()) {
                text.append("; ").append(cause);
            }
            return text.toString();
        }
    }

    private static End run(String what, Scene scene, SslContext context, Manner manner) {
        Bio[] ends = TwoWayBio.pair();
        ScriptedBio transport = new ScriptedBio(ends[0]);
        RawPeer peer = RawPeer.of(scene, ends[1], manner);
        try (Ssl ssl = context.newSsl()) {
            ssl.setBio(transport);
            if (scene.role() == Role.CLIENT) {
                ssl.setHost(Pki.HOST);
                ssl.setConnectState();
            } else {
                ssl.setAcceptState();
            }
            long result = -1;
            int alert = -1;
            boolean peerLives = true;
            for (int turn = 0; turn < 5; turn++) {
                result = ssl.doHandshake();
                if (peerLives) {
                    try {
                        alert = peer.turnUntilAlert();
                        peerLives = alert < 0;
                    } catch (UncheckedIOException e) {
                        // It does not bear what its own changed message led to.
                        peerLives = false;
                    }
                }
            }
            return new End(what, ssl, result, transport.wire(), alert);
        }
    }

    /** One true end, or none: the peer's fault is never ours. */
    private static void assertPeersFault(End end) {
        if (!end.failed()) {
            return;
        }
        assertFalse(NEVER.contains(end.reason()), end::toString);
        Outcomes.assertOneLine(Outcomes.notNull(end.ssl().failure()).message());
        if (!end.isAlertReceived()) {
            assertNotEquals(INTERNAL_ERROR, end.alert(), end::toString);
            assertNotEquals(DECRYPTION_FAILED, end.alert(), end::toString);
            if (end.alertAtPeer() >= 0) {
                assertEquals(end.alert(), end.alertAtPeer(), end::toString);
            }
        }
    }

    private static SslContext context(Scene scene) {
        return Link.builder(scene).trustAnyone().clientAuth(ClientAuth.WANTED).build();
    }

    private static Manner honest(Scene scene) {
        Manner manner = new Manner();
        return scene.role() == Role.CLIENT
                ? manner.askingForCertificate()
                : manner.identity(Pki.EC, 0x0403);
    }

    /** The handshake messages that the peer of a scene sends, in their order. */
    private static List<byte[]> messagesOf(Scene scene, SslContext context) {
        List<byte[]> messages = new ArrayList<>();
        Script tap =
                (type, message) -> {
                    messages.add(message);
                    return message;
                };
        End end = run("honest", scene, context, honest(scene).script(tap));
        assertEquals(1, end.result(), end::toString);
        return messages;
    }

    private static Script nth(int which, UnaryOperator<byte[]> change) {
        int[] seen = {0};
        return (type, message) -> seen[0]++ == which ? change.apply(message) : message;
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void everyByteOfEveryMessage(Scene scene) {
        Random random = new Random(SEED);
        SslContext context = context(scene);
        List<byte[]> messages = messagesOf(scene, context);
        int failed = 0;
        for (int which = 0; which < messages.size(); which++) {
            int length = messages.get(which).length;
            for (int at = 0; at < length; at++) {
                String what =
                        "%s, seed %d, message %d of type %d, byte %d of %d"
                                .formatted(scene, SEED, which, messages.get(which)[0], at, length);
                UnaryOperator<byte[]> change = changeAt(at, random);
                End end = run(what, scene, context, honest(scene).script(nth(which, change)));
                assertPeersFault(end);
                failed += end.failed() ? 1 : 0;
            }
        }
        assertTrue(failed > 100, "only " + failed + " of the changes were refused");
    }

    private static UnaryOperator<byte[]> changeAt(int at, Random random) {
        int how = random.nextInt(6);
        byte value = (byte) random.nextInt();
        return message -> {
            int i = Math.min(at, message.length - 1);
            byte[] changed = message.clone();
            switch (how) {
                case 0 -> changed[i]++;
                case 1 -> changed[i]--;
                case 2 -> {
                    return i < 4 ? Arrays.copyOf(message, 4) : cut(message, i);
                }
                case 3 -> changed[i] = 0;
                case 4 -> changed[i] = (byte) 0xff;
                default -> changed[i] = value;
            }
            return changed;
        };
    }

    /** The message ends early, and its header says so. */
    private static byte[] cut(byte[] message, int length) {
        return HandshakeMessage.of(message[0], Arrays.copyOfRange(message, 4, length));
    }

    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void everyExtensionTwiceNeverEmptyAndLonger(Scene scene) {
        SslContext context = context(scene);
        List<byte[]> messages = messagesOf(scene, context);
        for (int which = 0; which < messages.size(); which++) {
            int type = messages.get(which)[0];
            boolean hasExtensions =
                    type == HandshakeMessage.CLIENT_HELLO
                            || type == HandshakeMessage.SERVER_HELLO
                            || type == HandshakeMessage.ENCRYPTED_EXTENSIONS
                            || type == HandshakeMessage.CERTIFICATE_REQUEST && scene.isTls13();
            if (!hasExtensions) {
                continue;
            }
            int[] extensions =
                    IntStream.concat(IntStream.range(0, 60), IntStream.of(0xff01)).toArray();
            for (int extension : extensions) {
                for (ExtensionChange change : ExtensionChange.values()) {
                    String what =
                            scene + ", type " + type + ", extension " + extension + " " + change;
                    Script script =
                            nth(
                                    which,
                                    HandshakeMessage.edit(
                                            message -> change.apply(message, extension)));
                    assertPeersFault(run(what, scene, context, honest(scene).script(script)));
                }
            }
        }
    }

    /** What is done to an extension. */
    private enum ExtensionChange {
        TWICE,
        NEVER,
        EMPTY,
        ONE_BYTE,
        LONGER,
        SHORTER,
        ONES;

        void apply(HandshakeMessage message, int extension) {
            byte[] data = message.get(extension);
            if (data == null) {
                if (this == EMPTY || this == ONES) {
                    message.put(extension, this == EMPTY ? new byte[0] : ones(5));
                }
                return;
            }
            switch (this) {
                case TWICE -> message.repeat(extension);
                case NEVER -> message.remove(extension);
                case EMPTY -> message.put(extension);
                case ONE_BYTE -> message.put(extension, (byte) 1);
                case LONGER -> message.put(extension, Arrays.copyOf(data, data.length + 1));
                case SHORTER ->
                        message.put(extension, Arrays.copyOf(data, Math.max(0, data.length - 1)));
                case ONES -> message.put(extension, ones(data.length));
            }
        }

        private static byte[] ones(int length) {
            byte[] ones = new byte[length];
            Arrays.fill(ones, (byte) 0xff);
            return ones;
        }
    }

    /** A message of any type, as nobody sends it, after the handshake. */
    @ParameterizedTest
    @MethodSource("org.sslwrite.kit.Scene#each")
    void messagesAfterTheHandshake(Scene scene) {
        Random random = new Random(SEED);
        SslContext context = context(scene);
        for (int type = 0; type < 27; type++) {
            for (int length : new int[] {0, 1, 2, 5, 40}) {
                byte[] body = new byte[length];
                random.nextBytes(body);
                byte[] message = HandshakeMessage.of(type, body);
                Bio[] ends = TwoWayBio.pair();
                RawPeer peer = RawPeer.of(scene, ends[1]);
                try (Ssl ssl = context.newSsl()) {
                    ssl.setBio(ends[0]);
                    if (scene.role() == Role.CLIENT) {
                        ssl.setHost(Pki.HOST);
                        ssl.setConnectState();
                    } else {
                        ssl.setAcceptState();
                    }
                    for (int i = 0; i < 10 && !(ssl.isInitFinished() && peer.isReady()); i++) {
                        ssl.doHandshake();
                        peer.turn();
                    }
                    peer.send(22, message);
                    long n = ssl.read(new byte[10], 0, 10);
                    String what = scene + ", seed " + SEED + ", type " + type + ", " + length;
                    assertPeersFault(new End(what, ssl, n, new byte[0], -1));
                    if (!mayComeAfterTheHandshake(scene, type)) {
                        Outcomes.assertFailed(
                                ssl, n, -1, SslError.SSL, SslReason.UNEXPECTED_MESSAGE);
                    }
                }
            }
        }
    }

    private static boolean mayComeAfterTheHandshake(Scene scene, int type) {
        boolean client = scene.role() == Role.CLIENT;
        if (scene.isTls13()) {
            return type == 24 || client && type == 4;
        }
        return type == (client ? 0 : 1);
    }

    /** What a peer does, and what it is told. */
    private record Fault(
            String what, Manner manner, Set<Integer> alerts, SslReason reason, Scene scene) {
        @Override
        public String toString() {
            return scene + ", " + what;
        }
    }

    private static byte[] certificateMessage(Scene scene, byte[] certificate) {
        byte[] entry =
                HandshakeMessage.concat(
                        length3(certificate.length),
                        certificate,
                        scene.isTls13() ? new byte[2] : new byte[0]);
        return HandshakeMessage.of(
                HandshakeMessage.CERTIFICATE,
                HandshakeMessage.concat(
                        scene.isTls13() ? new byte[1] : new byte[0], length3(entry.length), entry));
    }

    private static byte[] length3(int length) {
        return new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length};
    }

    /** A certificate for another public key; nobody looks who signed it. */
    private static byte[] certificateFor(SubjectPublicKeyInfo key) {
        try {
            X500Name name = new X500Name("CN=hostile");
            return new X509v3CertificateBuilder(
                            name,
                            BigInteger.TWO,
                            Date.from(Instant.now().minus(Duration.ofDays(1))),
                            Date.from(Instant.now().plus(Duration.ofDays(1))),
                            name,
                            key)
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(Pki.EC.key()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SubjectPublicKeyInfo key(Pki owner) {
        return SubjectPublicKeyInfo.getInstance(owner.certificate().getPublicKey().getEncoded());
    }

    private static byte[] offTheCurve() {
        SubjectPublicKeyInfo key = key(Pki.EC);
        byte[] point = key.getPublicKeyData().getOctets().clone();
        point[point.length - 1] ^= 1;
        return certificateFor(new SubjectPublicKeyInfo(key.getAlgorithm(), point));
    }

    private static byte[] ofUnknownKind() {
        return certificateFor(
                new SubjectPublicKeyInfo(
                        new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1")),
                        new byte[32]));
    }

    private static byte[] withTinyRsaKey() {
        try {
            return certificateFor(
                    new SubjectPublicKeyInfo(
                            key(Pki.RSA).getAlgorithm(),
                            new org.bouncycastle.asn1.pkcs.RSAPublicKey(
                                    new BigInteger("ff".repeat(8), 16), BigInteger.valueOf(3))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Fault> certificates() {
        byte[] good;
        try {
            good = Pki.EC.certificate().getEncoded();
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
        byte[] garbage = new byte[40];
        Arrays.fill(garbage, (byte) 0x5a);
        Set<Integer> bad = Set.of(42);
        Set<Integer> unfit = Set.of(42, 43, 46, 47);
        return Scene.each().stream()
                .flatMap(
                        scene ->
                                Stream.of(
                                        certificate(scene, "no DER", garbage, bad),
                                        certificate(
                                                scene, "DER cut", Arrays.copyOf(good, 100), bad),
                                        certificate(
                                                scene,
                                                "bytes behind the DER",
                                                Arrays.copyOf(good, good.length + 3),
                                                bad),
                                        certificate(
                                                scene,
                                                "DER, no certificate",
                                                new byte[] {5, 0},
                                                bad),
                                        certificate(
                                                scene, "key of no kind", ofUnknownKind(), unfit),
                                        certificate(
                                                scene, "point off the curve", offTheCurve(), unfit),
                                        certificate(
                                                scene, "RSA of 64 bits", withTinyRsaKey(), unfit)));
    }

    private static Fault certificate(Scene scene, String what, byte[] der, Set<Integer> alerts) {
        Script script =
                Script.on(HandshakeMessage.CERTIFICATE, message -> certificateMessage(scene, der));
        return new Fault("certificate: " + what, honest(scene).script(script), alerts, null, scene);
    }

    /** A key share in an extension of the hellos of TLS 1.3. */
    static Stream<Fault> keyShares() {
        int[] groups = {29, 23};
        List<Fault> faults = new ArrayList<>();
        for (Scene scene : Scene.tls13()) {
            for (int group : groups) {
                faults.add(keyShare(scene, group, "zeros", new byte[group == 29 ? 32 : 65]));
                byte[] off = new byte[65];
                Arrays.fill(off, (byte) 7);
                off[0] = 4;
                faults.add(keyShare(scene, group, "65 bytes of no point", off));
                faults.add(keyShare(scene, group, "one byte", new byte[1]));
            }
        }
        return faults.stream();
    }

    private static Fault keyShare(Scene scene, int group, String what, byte[] key) {
        boolean toClient = scene.role() == Role.CLIENT;
        byte[] entry =
                HandshakeMessage.concat(new byte[] {0, (byte) group, 0, (byte) key.length}, key);
        byte[] data =
                toClient
                        ? entry
                        : HandshakeMessage.concat(new byte[] {0, (byte) entry.length}, entry);
        Script script =
                Script.on(
                        toClient ? HandshakeMessage.SERVER_HELLO : HandshakeMessage.CLIENT_HELLO,
                        HandshakeMessage.edit(
                                message -> {
                                    message.put(51, data);
                                    if (!toClient) {
                                        message.put(10, (byte) 0, (byte) 2, (byte) 0, (byte) group);
                                    }
                                }));
        return new Fault(
                "key share of group " + group + ": " + what,
                honest(scene).script(script),
                Set.of(47),
                null,
                scene);
    }

    /** The ClientKeyExchange and the ServerKeyExchange of TLS 1.2, signatures, and Finished. */
    static Stream<Fault> otherMessages() {
        List<Fault> faults = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            Script finished = Script.on(HandshakeMessage.FINISHED, PeerFaultTest::lastByteOther);
            faults.add(
                    new Fault(
                            "Finished is not true",
                            honest(scene).script(finished),
                            Set.of(51),
                            SslReason.DIGEST_CHECK_FAILED,
                            scene));
            int signed =
                    scene.isTls13() || scene.role() == Role.SERVER
                            ? HandshakeMessage.CERTIFICATE_VERIFY
                            : HandshakeMessage.SERVER_KEY_EXCHANGE;
            faults.add(
                    new Fault(
                            "signature is not true",
                            honest(scene).script(Script.on(signed, PeerFaultTest::lastByteOther)),
                            Set.of(51),
                            SslReason.BAD_SIGNATURE,
                            scene));
            faults.add(
                    new Fault(
                            "signature is no DER",
                            honest(scene).script(Script.on(signed, PeerFaultTest::signatureOfOnes)),
                            Set.of(51),
                            SslReason.BAD_SIGNATURE,
                            scene));
            faults.add(
                    new Fault(
                            "signed message is cut",
                            honest(scene).script(Script.on(signed, m -> cut(m, m.length - 1))),
                            Set.of(50),
                            SslReason.BAD_PACKET,
                            scene));
        }
        Scene server = Scene.tls12().getLast();
        assertEquals(Role.SERVER, server.role());
        for (int length : new int[] {1, 32, 65}) {
            byte[] key = new byte[length];
            byte[] body = HandshakeMessage.concat(new byte[] {(byte) length}, key);
            byte[] message = HandshakeMessage.of(HandshakeMessage.CLIENT_KEY_EXCHANGE, body);
            faults.add(
                    new Fault(
                            "ClientKeyExchange of " + length + " zeros",
                            honest(server)
                                    .script(
                                            Script.on(
                                                    HandshakeMessage.CLIENT_KEY_EXCHANGE,
                                                    m -> message)),
                            Set.of(47),
                            SslReason.BAD_ECPOINT,
                            server));
        }
        return faults.stream();
    }

    private static byte[] lastByteOther(byte[] message) {
        byte[] changed = message.clone();
        changed[changed.length - 1] ^= 1;
        return changed;
    }

    private static byte[] signatureOfOnes(byte[] message) {
        byte[] changed = message.clone();
        Arrays.fill(changed, changed.length - 60, changed.length, (byte) 0xff);
        return changed;
    }

    @ParameterizedTest
    @MethodSource({"certificates", "keyShares", "otherMessages"})
    void faultHasItsAlert(Fault fault) {
        End end = run(fault.what(), fault.scene(), context(fault.scene()), fault.manner());
        assertTrue(end.failed(), end::toString);
        assertPeersFault(end);
        assertTrue(fault.alerts().contains(end.alert()), () -> end.alert() + ", " + end);
        if (fault.reason() != null) {
            assertEquals(fault.reason(), end.reason(), end::toString);
        }
        assertTrue(WireTap.records(end.wire()).getLast().type() >= 21, "an alert, sealed or plain");
    }

    /** Signs as the JDK does, until it is told to fail. */
    private static final class FailingSigner extends Provider {
        private static final long serialVersionUID = 1L;
        private transient Failure failure = Failure.NONE;

        /** Where and how. */
        enum Failure {
            NONE,
            KEY_REFUSED,
            UNCHECKED_AT_THE_KEY,
            CHECKED,
            UNCHECKED
        }

        FailingSigner() {
            super("FailingSigner", "1", "SunEC, failing");
            putService(
                    new Service(this, "Signature", "SHA256withECDSA", "", null, null) {
                        @Override
                        public Object newInstance(Object parameter)
                                throws NoSuchAlgorithmException {
                            return new Signer(Signature.getInstance("SHA256withECDSA"));
                        }
                    });
        }

        private final class Signer extends SignatureSpi {
            private final Signature signature;

            Signer(Signature signature) {
                this.signature = signature;
            }

            @Override
            protected void engineInitVerify(PublicKey key) {
                throw new UnsupportedOperationException();
            }

            @Override
            protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
                if (failure == Failure.KEY_REFUSED) {
                    throw new InvalidKeyException("the key has left");
                } else if (failure == Failure.UNCHECKED_AT_THE_KEY) {
                    throw new ProviderException("the device has left");
                }
                signature.initSign(key);
            }

            @Override
            protected void engineUpdate(byte b) throws SignatureException {
                signature.update(b);
            }

            @Override
            protected void engineUpdate(byte[] bytes, int offset, int length)
                    throws SignatureException {
                signature.update(bytes, offset, length);
            }

            @Override
            protected byte[] engineSign() throws SignatureException {
                if (failure == Failure.CHECKED) {
                    throw new SignatureException("the device does not answer");
                } else if (failure == Failure.UNCHECKED) {
                    throw new IllegalStateException("the device is broken");
                }
                return signature.sign();
            }

            @Override
            protected boolean engineVerify(byte[] bytes) {
                throw new UnsupportedOperationException();
            }

            @Override
            @Deprecated
            protected void engineSetParameter(String name, Object value) {
                throw new UnsupportedOperationException();
            }

            @Override
            @Deprecated
            protected Object engineGetParameter(String name) {
                throw new UnsupportedOperationException();
            }
        }
    }

    /** Judges nobody, for it fails first. */
    private static final class BrokenTrust extends X509ExtendedTrustManager {
        private static IllegalStateException broken() {
            // As a certificate's names may: what moves a terminal's cursor, and more than a line.
            return new IllegalStateException("CN=\u009b31m\u2028\u202e\u0085x" + "y".repeat(5000));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw broken();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw broken();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw broken();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
            throw broken();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw broken();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
            throw broken();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    static Stream<Arguments> ownFailures() throws IdentityException {
        List<Arguments> rows = new ArrayList<>();
        for (Scene scene : Scene.each()) {
            for (FailingSigner.Failure failure : FailingSigner.Failure.values()) {
                if (failure != FailingSigner.Failure.NONE) {
                    rows.add(
                            Arguments.of(
                                    "signature: " + failure,
                                    scene,
                                    own(scene)
                                            .identity(identityThatFails(failure))
                                            .trustAnyone()
                                            .build()));
                }
            }
            rows.add(
                    Arguments.of(
                            "trust manager that throws",
                            scene,
                            own(scene)
                                    .identity(Pki.EC.identity())
                                    .trustManager(new BrokenTrust())
                                    .build()));
        }
        return rows.stream();
    }

    private static TlsIdentity identityThatFails(FailingSigner.Failure failure)
            throws IdentityException {
        FailingSigner provider = new FailingSigner();
        TlsIdentity identity =
                TlsIdentity.of(Pki.EC.key(), provider, List.of(Pki.EC.certificate()));
        provider.failure = failure;
        return identity;
    }

    private static SslContext.Builder own(Scene scene) {
        return SslContext.builder()
                .versions(List.of(scene.version()))
                .cipherSuites(List.of(scene.suite()))
                .clientAuth(ClientAuth.WANTED);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("ownFailures")
    void ownFailureIsNotThePeers(String what, Scene scene, SslContext context) {
        End end = run(what, scene, context, honest(scene));
        assertTrue(end.failed(), end::toString);
        assertEquals(SslReason.INTERNAL_ERROR, end.reason(), end::toString);
        assertEquals(INTERNAL_ERROR, end.alertAtPeer(), end::toString);
        String message = Outcomes.notNull(end.ssl().failure()).message();
        Outcomes.assertOneLine(message);
        assertTrue(message.length() < 1000, message);
        assertFalse(message.contains("peer"), message);
    }
}
