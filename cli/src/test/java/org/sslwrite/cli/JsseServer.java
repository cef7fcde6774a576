package org.sslwrite.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * What the JDK offers for the same: SunPKCS11 and JSSE, with the key in a token. Answers each
 * request with the file that it names.
 */
final class JsseServer {
    private JsseServer() {}

    public static void main(String[] args) throws Exception {
        Provider provider = Security.getProvider("SunPKCS11").configure("--" + args[0]);
        Security.addProvider(provider);
        KeyStore store = KeyStore.getInstance("PKCS11", provider);
        store.load(null, TokenSetup.PIN.toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, null);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        Path root = Path.of(args[1]);
        SSLServerSocket listener =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 50, InetAddress.getByName("localhost"));
        System.err.println("listening on https://localhost:" + listener.getLocalPort() + "/");
        while (true) {
            SSLSocket socket = (SSLSocket) listener.accept();
            Thread.ofPlatform().daemon().start(() -> answer(socket, root));
        }
    }

    private static void answer(SSLSocket socket, Path root) {
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return;
                }
                head.append((char) c);
            }
            String name = head.toString().split(" ")[1].substring(1);
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Files.copy(root.resolve(name), out);
        } catch (IOException e) {
            System.err.println("failed: " + e);
        }
    }
}
