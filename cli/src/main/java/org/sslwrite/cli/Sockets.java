package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Opens sockets, and says in one line why one cannot be opened. */
final class Sockets {
    /** Connections that the system holds ready while this process is busy with others. */
    private static final int BACKLOG = 1024;

    private Sockets() {}

    /** Connects to the first address of the host that answers. */
    static SocketChannel connect(HostPort server, Duration timeout) throws CommandFailure {
        IOException last = new IOException("it has no address");
        for (InetAddress address : addresses(server.host())) {
            SocketChannel channel = null;
            try {
                channel = SocketChannel.open();
                int millis = Math.max(1, Math.toIntExact(timeout.toMillis()));
                channel.socket().connect(new InetSocketAddress(address, server.port()), millis);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                return channel;
            } catch (IOException e) {
                last = e;
                closeQuietly(channel);
            }
        }
        throw new CommandFailure(server + ": cannot connect: " + why(last), last);
    }

    private static void closeQuietly(@Nullable Channel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it never was of use
        }
    }

    private static InetAddress[] addresses(String host) throws CommandFailure {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new CommandFailure(
                    host + ": unknown host; check its spelling and the name service", e);
        }
    }

    private static String why(IOException e) {
        return switch (e) {
            case SocketTimeoutException late -> "no answer within the time of --timeout";
            case NoRouteToHostException unreachable -> "no route to it";
            case ConnectException refused when String.valueOf(e.getMessage()).contains("refused") ->
                    "connection refused: does a server listen there?";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** Listens; port 0 takes any that is free. */
    static ServerSocketChannel listen(String host, int port) throws CommandFailure {
        InetAddress address = addresses(host)[0];
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open();
            channel.bind(new InetSocketAddress(address, port), BACKLOG);
            return channel;
        } catch (IOException e) {
            closeQuietly(channel);
            String message = String.valueOf(e.getMessage());
            String advice =
                    e instanceof BindException && message.contains("in use")
                            ? "; choose another --port, or 0 for any that is free"
                            : "";
            throw new CommandFailure(
                    "cannot listen on " + host + ", port " + port + ": " + message + advice, e);
        }
    }
}
