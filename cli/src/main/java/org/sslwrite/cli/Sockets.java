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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Opens sockets, and says in one line why one cannot be opened. */
final class Sockets {
    /** Connections that the system holds ready while this process is busy with others. */
    private static final int BACKLOG = 1024;

    /** A port that is free at one address may be taken at another. */
    private static final int ATTEMPTS = 20;

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

    /**
     * Listens at every address that the host's name stands for; {@code localhost} is 127.0.0.1 and
     * ::1 whatever the name service says (RFC 6761 section 6.3).
     *
     * @param port 0 takes any that is free, the same for all addresses
     */
    static List<ServerSocketChannel> listen(String host, int port) throws CommandFailure {
        IOException last = new IOException("it has no address");
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                return listenAtAll(addressesToListenAt(host), port);
            } catch (IOException e) {
                last = e;
                if (port != 0 || !inUse(e)) {
                    break;
                }
            }
        }
        String advice = inUse(last) ? "; choose another --port, or 0 for any that is free" : "";
        throw new CommandFailure(
                "cannot listen on " + host + ", port " + port + ": " + last.getMessage() + advice,
                last);
    }

    private static boolean inUse(IOException e) {
        return e instanceof BindException && String.valueOf(e.getMessage()).contains("in use");
    }

    private static List<InetAddress> addressesToListenAt(String host) throws CommandFailure {
        if (!host.equalsIgnoreCase("localhost")) {
            return List.of(addresses(host));
        }
        List<InetAddress> both = new ArrayList<>();
        for (String address : List.of("127.0.0.1", "::1")) {
            Collections.addAll(both, addresses(address));
        }
        return both;
    }

    /**
     * An address that this machine lacks, as ::1 where IPv6 is off, is no matter beside another.
     */
    private static List<ServerSocketChannel> listenAtAll(List<InetAddress> addresses, int port)
            throws IOException {
        List<ServerSocketChannel> listeners = new ArrayList<>();
        IOException missing = null;
        int actualPort = port;
        for (InetAddress address : addresses) {
            try {
                ServerSocketChannel listener = listenAt(address, actualPort);
                actualPort = ((InetSocketAddress) listener.getLocalAddress()).getPort();
                listeners.add(listener);
            } catch (IOException | UnsupportedOperationException e) {
                missing = e instanceof IOException known ? known : new IOException(e);
                if (inUse(missing)) {
                    listeners.forEach(Sockets::closeQuietly);
                    throw missing;
                }
            }
        }
        if (listeners.isEmpty() && missing != null) {
            throw missing;
        }
        return listeners;
    }

    private static ServerSocketChannel listenAt(InetAddress address, int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            return channel.bind(new InetSocketAddress(address, port), BACKLOG);
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
    }
}
