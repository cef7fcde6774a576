package org.sslwrite.bench.transfer;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;

import org.jspecify.annotations.Nullable;
import org.sslwrite.TlsIdentity;
import org.sslwrite.bench.engine.AbsentException;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * netty's pipeline with BoringSSL, as its users write much: on the event loop, as long as the
 * channel is writable, and flushed together.
 */
final class NettySender implements Sender {
    private static final long PATIENCE_S = 10;

    private final EventLoopGroup group;
    private final SslContext context;
    private final Pump pump = new Pump();
    private @Nullable Channel channel;
    private @Nullable SslHandler tls;

    private NettySender(EventLoopGroup group, SslContext context) {
        this.group = group;
        this.context = context;
    }

    static NettySender connect(InetSocketAddress reader, boolean isServer, boolean epoll)
            throws AbsentException, IOException, GeneralSecurityException, InterruptedException {
        if (!OpenSsl.isAvailable()) {
            throw AbsentException.because(OpenSsl.unavailabilityCause());
        }
        if (epoll && !Epoll.isAvailable()) {
            throw AbsentException.because(Epoll.unavailabilityCause());
        }
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        NettySender sender = new NettySender(group, context(isServer));
        boolean opened = false;
        try {
            sender.open(reader, epoll);
            opened = true;
            return sender;
        } finally {
            if (!opened) {
                sender.release();
            }
        }
    }

    private static SslContext context(boolean isServer)
            throws IOException, GeneralSecurityException {
        TlsIdentity identity = TlsIdentity.selfSigned("localhost", "EC");
        SslContextBuilder builder =
                isServer
                        ? SslContextBuilder.forServer(
                                identity.privateKey(),
                                identity.chain().toArray(X509Certificate[]::new))
                        : SslContextBuilder.forClient()
                                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                                .endpointIdentificationAlgorithm(null);
        return builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                .protocols("TLSv1.3")
                .ciphers(List.of("TLS_AES_128_GCM_SHA256"))
                .build();
    }

    private void open(InetSocketAddress reader, boolean epoll) throws InterruptedException {
        SslHandler[] made = new SslHandler[1];
        channel =
                new Bootstrap()
                        .group(group)
                        .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel its) {
                                        made[0] = context.newHandler(its.alloc());
                                        its.pipeline().addLast(made[0], pump);
                                    }
                                })
                        .connect(reader)
                        .sync()
                        .channel();
        tls = made[0];
        made[0].handshakeFuture().sync();
    }

    @Override
    public void send(ByteBuffer src, long times) throws IOException, InterruptedException {
        Channel its = opened();
        CompletableFuture<Void> done = new CompletableFuture<>();
        ByteBuf bytes = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(src.clear()));
        its.eventLoop().execute(() -> pump.begin(bytes, times, done));
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private Channel opened() {
        Channel its = channel;
        if (its == null) {
            throw new IllegalStateException("not connected");
        }
        return its;
    }

    @Override
    public void close() {
        Channel its = opened();
        SslHandler handler = tls;
        if (handler != null && its instanceof DuplexChannel half && its.isActive()) {
            handler.closeOutbound().awaitUninterruptibly();
            half.shutdownOutput().awaitUninterruptibly();
            // To close with a ticket unread would take back what is still under way.
            its.closeFuture().awaitUninterruptibly(PATIENCE_S, TimeUnit.SECONDS);
        }
        its.close().syncUninterruptibly();
        release();
    }

    private void release() {
        group.shutdownGracefully().syncUninterruptibly();
        ReferenceCountUtil.release(context);
    }

    /** Of the event loop. */
    private static final class Pump extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext here;
        private @Nullable ByteBuf bytes;
        private @Nullable CompletableFuture<Void> done;
        private long left;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            here = context;
        }

        void begin(ByteBuf what, long times, CompletableFuture<Void> whenDone) {
            bytes = what;
            left = times;
            done = whenDone;
            if (here == null || !here.channel().isActive()) {
                whenDone.completeExceptionally(new ClosedChannelException());
            } else {
                pump();
            }
        }

        private void pump() {
            ChannelHandlerContext context = here;
            ByteBuf what = bytes;
            CompletableFuture<Void> whenDone = done;
            if (context == null || what == null || whenDone == null) {
                return;
            }
            while (left > 1 && context.channel().isWritable()) {
                left--;
                context.write(what.duplicate(), context.voidPromise());
            }
            if (left == 1) {
                left--;
                context.writeAndFlush(what.duplicate())
                        .addListener(
                                last -> {
                                    if (last.isSuccess()) {
                                        whenDone.complete(null);
                                    } else {
                                        whenDone.completeExceptionally(last.cause());
                                    }
                                });
            } else if (left > 0) {
                context.flush();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable() && left > 0) {
                pump();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (done != null) {
                done.completeExceptionally(new ClosedChannelException()); // unless it is done
            }
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (done != null) {
                done.completeExceptionally(cause);
            }
            context.close();
        }
    }
}
