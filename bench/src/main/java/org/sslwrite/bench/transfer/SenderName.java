package org.sslwrite.bench.transfer;

import org.sslwrite.bench.engine.AbsentException;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;

/** Who writes. */
enum SenderName {
    VAES("ours, vaes"),
    IPSEC_MB("ours, ipsec-mb"),
    SUNJCE("ours, SunJCE"),
    NETTY_NIO("netty-tcnative, NIO"),
    NETTY_EPOLL("netty-tcnative, epoll"),
    JSSE("JSSE, SSLSocket");

    private final String display;

    SenderName(String display) {
        this.display = display;
    }

    boolean isOurs() {
        return this == VAES || this == IPSEC_MB || this == SUNJCE;
    }

    boolean isNetty() {
        return this == NETTY_NIO || this == NETTY_EPOLL;
    }

    /**
     * Connects, and shakes hands.
     *
     * @param isServer its role in TLS; in TCP it is the client either way
     * @throws AbsentException if it cannot be had here
     */
    Sender connect(InetSocketAddress reader, boolean isServer)
            throws AbsentException, IOException, GeneralSecurityException, InterruptedException {
        return switch (this) {
            case VAES -> OurSender.connect(reader, isServer, "vaes");
            case IPSEC_MB -> OurSender.connect(reader, isServer, "ipsec-mb");
            case SUNJCE -> OurSender.connect(reader, isServer, "SunJCE");
            case NETTY_NIO -> NettySender.connect(reader, isServer, false);
            case NETTY_EPOLL -> NettySender.connect(reader, isServer, true);
            case JSSE -> JsseSender.connect(reader, isServer);
        };
    }

    /** For people. */
    @Override
    public String toString() {
        return display;
    }
}
