package org.sslwrite.cli;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.sslwrite.TlsIdentity;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Files, certificates and JDK peers that the tests share. */
final class Fixture {
    static final String PASSWORD = "correct horse";
    private static final char[] NO_PASSWORD = new char[0];

    private static final TlsIdentity LOCALHOST = selfSigned("localhost", "EC");

    private Fixture() {}

    /** An identity for localhost. */
    static TlsIdentity localhost() {
        return LOCALHOST;
    }

    static TlsIdentity selfSigned(String host, String algorithm) {
        try {
            return TlsIdentity.selfSigned(host, algorithm);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A file with bytes that do not compress and depend on its size only. */
    static Path file(Path folder, String name, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Files.write(folder.resolve(name), bytes);
    }

    static Path certificatePem(Path folder, TlsIdentity identity)
            throws IOException, GeneralSecurityException {
        return pem(folder, "CERTIFICATE", identity.certificate().getEncoded());
    }

    static Path keyPem(Path folder, TlsIdentity identity) throws IOException {
        return pem(folder, "PRIVATE KEY", identity.privateKey().getEncoded());
    }

    static Path encryptedKeyPem(Path folder, TlsIdentity identity)
            throws IOException, GeneralSecurityException {
        ASN1ObjectIdentifier cipher = PKCS8Generator.AES_256_CBC;
        try {
            OutputEncryptor encryptor =
                    new JceOpenSSLPKCS8EncryptorBuilder(cipher)
                            .setProvider(new BouncyCastleProvider())
                            .setPassword(PASSWORD.toCharArray())
                            .build();
            byte[] content =
                    new JcaPKCS8Generator(identity.privateKey(), encryptor).generate().getContent();
            return pem(folder, "ENCRYPTED PRIVATE KEY", content);
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static Path pem(Path folder, String label, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        String text = "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
        return Files.writeString(
                Files.createTempFile(folder, label.replace(' ', '-'), ".pem"), text);
    }

    static Path pkcs12(Path folder, TlsIdentity identity)
            throws IOException, GeneralSecurityException {
        Path file = Files.createTempFile(folder, "identity", ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            keyStore(identity, PASSWORD.toCharArray()).store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static KeyStore keyStore(TlsIdentity identity, char[] password)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] chain = identity.chain().toArray(Certificate[]::new);
        store.setKeyEntry("key", identity.privateKey(), password, chain);
        return store;
    }

    /** The JDK's TLS, with an identity, trusting anyone. */
    static SSLContext jdk(TlsIdentity identity) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(keyStore(identity, NO_PASSWORD), NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new TrustAnyone()}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A connection of the JDK's to a server of ours, which has been sent a request. */
    static SSLSocket request(int port, String request) throws IOException {
        SSLSocket socket =
                (SSLSocket) jdk(localhost()).getSocketFactory().createSocket("localhost", port);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    /**
     * Asks for a file, reads the beginning, and resets the connection underneath: a client of the
     * JDK's that is closed may read the rest first, and say goodbye.
     */
    static Socket requestAndReset(int port, String request) throws IOException {
        Socket plain = new Socket("localhost", port);
        Socket socket =
                jdk(localhost()).getSocketFactory().createSocket(plain, "localhost", port, true);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        if (socket.getInputStream().read() < 0) {
            throw new IOException("no answer");
        }
        plain.setSoLinger(true, 0);
        plain.close();
        return plain;
    }

    /** All that comes until the end. */
    static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    static int openFiles() {
        String[] files = Path.of("/proc/self/fd").toFile().list();
        return files == null ? 0 : files.length;
    }

    static boolean onLinux() {
        return Files.isDirectory(Path.of("/proc/self/fd"));
    }

    static boolean equal(Path file, byte[] bytes) throws IOException {
        return Arrays.equals(Files.readAllBytes(file), bytes);
    }

    private static final class TrustAnyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
