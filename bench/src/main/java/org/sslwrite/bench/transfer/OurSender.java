package org.sslwrite.bench.transfer;

import org.sslwrite.Ssl;
import org.sslwrite.SslContext;
import org.sslwrite.SslFailure;
import org.sslwrite.TlsIdentity;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bio.ChannelBio;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealedBy;
import org.sslwrite.seal.SealerChoice;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.List;

/** {@code Ssl.write} into a blocking channel. */
final class OurSender implements Sender {
    private final SocketChannel channel;
    private final Ssl ssl;
    private final String engine;

    private OurSender(SocketChannel channel, Ssl ssl, String engine) {
        this.channel = channel;
        this.ssl = ssl;
        this.engine = engine;
    }

    static OurSender connect(InetSocketAddress reader, boolean isServer, String engine)
            throws AbsentException, IOException, GeneralSecurityException {
        SslContext context = context(isServer, engine);
        SocketChannel channel = SocketChannel.open(reader);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        OurSender sender = new OurSender(channel, context.newSsl(), engine);
        sender.ssl.setBio(new ChannelBio(channel));
        if (isServer) {
            sender.ssl.setAcceptState();
        } else {
            sender.ssl.setConnectState();
        }
        if (sender.ssl.doHandshake() != 1) {
            throw sender.failure();
        }
        return sender;
    }

    private static SslContext context(boolean isServer, String engine)
            throws AbsentException, GeneralSecurityException {
        SslContext.Builder builder =
                SslContext.builder()
                        .versions(List.of(TlsVersion.TLSV1_3))
                        .cipherSuites(List.of(CipherSuite.TLS_AES_128_GCM_SHA256));
        if (isServer) {
            builder.identity(TlsIdentity.selfSigned("localhost", "EC"));
        } else {
            builder.trustAnyone();
        }
        SslContext context = builder.providers(List.of(engine)).build();
        SealerChoice choice = context.sealerFor(CipherSuite.TLS_AES_128_GCM_SHA256);
        if (choice == null || !choice.engine().equals(engine)) {
            throw new AbsentException(String.valueOf(choice));
        }
        return context;
    }

    @Override
    public void send(ByteBuffer src, long times) throws IOException {
        for (long i = 0; i < times; i++) {
            if (ssl.write(src.position(0)) <= 0) {
                throw failure();
            }
        }
    }

    private IOException failure() {
        SslFailure failure = ssl.failure();
        return new IOException(String.valueOf(failure), failure == null ? null : failure.cause());
    }

    @Override
    public void close() throws IOException {
        List<SealedBy> sealedBy = ssl.statistics().sealedBy();
        boolean others = sealedBy.stream().anyMatch(part -> !part.engine().equals(engine));
        ssl.shutdown();
        ssl.close();
        channel.shutdownOutput();
        // To close with something unread would take back what is still under way.
        ByteBuffer rest = ByteBuffer.allocate(1 << 14);
        while (channel.read(rest.clear()) >= 0) {
            // tickets, and the reader's own close_notify
        }
        channel.close();
        if (others) {
            throw new IOException(engine + " has not sealed everything: " + sealedBy);
        }
    }
}
