package org.sslwrite.softhsm.interop;

import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslSession;
import org.sslwrite.TlsIdentity;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.kit.OpenSsl;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One handshake of a server of ours with {@code openssl s_client}, which trusts the server's
 * certificate alone.
 *
 * @param protocol what was agreed on; empty if nothing was
 * @param failure what either side said of it; empty if both were content
 */
record Handshake(String protocol, String failure) {
    static Handshake withOpenssl(
            SslContext context, TlsIdentity identity, Path folder, List<String> options)
            throws Exception {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            List<String> command = new ArrayList<>(List.of(OpenSsl.program(), "s_client"));
            command.addAll(List.of("-connect", "127.0.0.1:" + port, "-quiet", "-no_ign_eof"));
            command.addAll(List.of("-partial_chain", "-verify_return_error", "-CAfile"));
            command.add(pem(identity, folder).toString());
            command.addAll(options);
            Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                return serve(context, listener, client);
            } finally {
                client.destroyForcibly();
            }
        }
    }

    private static Path pem(TlsIdentity identity, Path folder) throws Exception {
        String base64 = Base64.getMimeEncoder().encodeToString(identity.certificate().getEncoded());
        return Files.writeString(
                folder.resolve("trusted.pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
    }

    private static Handshake serve(SslContext context, ServerSocketChannel listener, Process client)
            throws Exception {
        String protocol;
        String failure;
        try (SocketChannel channel = listener.accept();
                Ssl ssl = context.newSsl()) {
            ssl.setBio(new ChannelBio(channel));
            ssl.setAcceptState();
            int result = ssl.doHandshake();
            SslSession session = ssl.session();
            protocol = session == null ? "" : session.version().toString();
            failure = result == 1 ? "" : String.valueOf(ssl.failure());
            ssl.shutdown();
        }
        client.getOutputStream().close();
        String words = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean content = client.waitFor() == 0;
        return new Handshake(protocol, content ? failure : failure + " / " + words);
    }
}
