package org.sslwrite.interop;

import org.jspecify.annotations.Nullable;
import org.sslwrite.kit.OpenSsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code openssl s_server}, for one connection. Measured with 3.0.22: {@code -quiet} also hides the
 * line that tells the port, so it is given one; the command Q closes the socket without
 * close_notify, so the only way to make it close first is {@code -www}.
 */
public record OpensslServer() implements Tool {
    @Override
    public String label() {
        return "openssl s_server";
    }

    @Override
    public String program() {
        return "openssl";
    }

    @Override
    public @Nullable String missing() {
        return OpenSsl.missing();
    }

    @Override
    public boolean isServer() {
        return true;
    }

    @Override
    public List<String> command(PeerSetup setup, int port, Path trace) {
        List<String> command = new ArrayList<>(List.of(OpenSsl.program(), "s_server"));
        command.addAll(List.of("-accept", "127.0.0.1:" + port, "-naccept", "1"));
        if (setup.web) {
            command.add("-www");
        }
        if (setup.maxEarlyData > 0) {
            command.addAll(List.of("-max_early_data", String.valueOf(setup.maxEarlyData)));
        }
        if (setup.renegotiation) {
            command.add("-client_renegotiation");
        }
        if (setup.serverName != null) {
            command.addAll(List.of("-servername", setup.serverName));
        }
        if (setup.credentialsForServerName != null) {
            Credentials second = setup.credentialsForServerName;
            command.addAll(List.of("-cert2", second.certificate().toString()));
            command.addAll(List.of("-key2", second.key().toString()));
        }
        switch (setup.clientAuth) {
            case NONE -> {}
            case WANTED -> command.addAll(List.of("-verify", "1"));
            case REQUIRED -> command.addAll(List.of("-Verify", "1"));
        }
        command.addAll(OpensslClient.common(setup, trace));
        return command;
    }

    @Override
    public List<Alert> alerts(Peer peer) throws IOException {
        return Alert.inOpensslTrace(Files.readString(peer.trace()));
    }
}
