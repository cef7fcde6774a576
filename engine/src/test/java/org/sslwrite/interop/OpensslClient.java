package org.sslwrite.interop;

import org.jspecify.annotations.Nullable;
import org.sslwrite.NamedGroup;
import org.sslwrite.kit.OpenSsl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code openssl s_client}. Measured with 3.0.22: only {@code -quiet} leaves standard output to the
 * data and takes no letter for a command; it answers close_notify, but when it is the first to
 * close it does not wait for ours; {@code -msgfile} is written message by message.
 */
public record OpensslClient() implements Tool {
    @Override
    public String label() {
        return "openssl s_client";
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
        return false;
    }

    @Override
    public List<String> command(PeerSetup setup, int port, Path trace) {
        List<String> command = new ArrayList<>(List.of(OpenSsl.program(), "s_client"));
        command.addAll(List.of("-connect", "127.0.0.1:" + port));
        if (setup.serverName != null) {
            command.addAll(List.of("-servername", setup.serverName));
        } else {
            command.add("-noservername");
        }
        if (setup.expectedHost != null) {
            command.addAll(List.of("-verify_hostname", setup.expectedHost));
        }
        if (setup.maxFragment > 0) {
            command.addAll(List.of("-maxfraglen", String.valueOf(setup.maxFragment)));
        }
        if (setup.session != null) {
            command.addAll(List.of("-sess_in", setup.session.toString()));
        }
        if (setup.earlyData != null) {
            command.addAll(List.of("-early_data", setup.earlyData.toString()));
        }
        command.addAll(common(setup, trace));
        if (setup.closesAtEndOfInput) {
            command.add("-no_ign_eof");
        }
        return command;
    }

    /** What {@code s_client} and {@code s_server} call by the same names. */
    static List<String> common(PeerSetup setup, Path trace) {
        List<String> options = new ArrayList<>();
        options.addAll(List.of("-msg", "-msgfile", trace.toString()));
        if (!setup.talkative) {
            options.add("-quiet");
        }
        if (setup.version != null) {
            options.add(setup.version.openssl);
        }
        if (setup.version == PeerVersion.TLSV1_1) {
            // The default security level rules out the SHA-1 signatures of TLS 1.1.
            options.addAll(List.of("-cipher", "ALL:@SECLEVEL=0"));
        } else if (setup.suite != null) {
            options.add(setup.version == PeerVersion.TLSV1_3 ? "-ciphersuites" : "-cipher");
            options.add(setup.suite.openssl());
        }
        if (!setup.groups.isEmpty()) {
            List<String> names = setup.groups.stream().map(OpensslClient::group).toList();
            options.addAll(List.of("-groups", String.join(":", names)));
        }
        if (setup.signature != null) {
            options.addAll(List.of("-sigalgs", setup.signature.openssl));
        }
        if (!setup.encryptThenMac) {
            options.add("-no_etm");
        }
        if (setup.credentials != null) {
            options.addAll(List.of("-cert", setup.credentials.certificate().toString()));
            options.addAll(List.of("-key", setup.credentials.key().toString()));
            if (setup.credentials.identity().chain().size() > 1) {
                options.addAll(List.of("-cert_chain", setup.credentials.issuers().toString()));
            }
        }
        if (setup.trust != null) {
            options.addAll(List.of("-CAfile", setup.trust.toString(), "-verify_return_error"));
        }
        if (setup.maxSendFragment > 0) {
            options.addAll(List.of("-max_send_frag", String.valueOf(setup.maxSendFragment)));
        }
        if (setup.recordPadding > 0) {
            options.addAll(List.of("-record_padding", String.valueOf(setup.recordPadding)));
        }
        if (!setup.alpn.isEmpty()) {
            options.addAll(List.of("-alpn", String.join(",", setup.alpn)));
        }
        return options;
    }

    private static String group(NamedGroup group) {
        return switch (group) {
            case X25519 -> "X25519";
            case X448 -> "X448";
            case SECP256R1 -> "P-256";
            case SECP384R1 -> "P-384";
            case SECP521R1 -> "P-521";
        };
    }

    @Override
    public List<Alert> alerts(Peer peer) throws IOException {
        return Alert.inOpensslTrace(Files.readString(peer.trace()));
    }
}
