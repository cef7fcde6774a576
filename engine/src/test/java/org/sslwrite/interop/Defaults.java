package org.sslwrite.interop;

import org.sslwrite.SslContext;
import org.sslwrite.protocol.TlsVersion;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What both sides are told where a row does not say otherwise: whoever is the server is called
 * {@code localhost} and has an RSA certificate for that, which our client trusts and checks.
 *
 * @param server the server's credentials
 */
public record Defaults(Credentials server) {
    public static final String HOST = "localhost";

    public static Defaults in(Path folder) throws Exception {
        return new Defaults(Credentials.selfSigned(HOST, "RSA", folder));
    }

    public OurSetup ours(Tool tool, Io io) {
        return ours(tool, io, builder -> {});
    }

    /**
     * @param more what else we are told
     */
    public OurSetup ours(Tool tool, Io io, Consumer<SslContext.Builder> more) {
        SslContext.Builder builder = SslContext.builder();
        if (tool.isServer()) {
            builder.trust(List.of(server.leaf()));
        } else {
            builder.identity(server.identity());
        }
        more.accept(builder);
        return new OurSetup(builder.build(), tool.isServer() ? HOST : null, io);
    }

    public PeerSetup peer(Tool tool) {
        return tool.isServer() ? new PeerSetup().credentials(server) : new PeerSetup();
    }

    public PeerSetup peer(Tool tool, TlsVersion version) {
        return peer(tool).version(PeerVersion.of(version));
    }
}
