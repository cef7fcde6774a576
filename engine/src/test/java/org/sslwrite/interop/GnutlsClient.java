package org.sslwrite.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code gnutls-cli}. Measured with 3.7.9: {@code --logfile} leaves standard output to the data,
 * which it writes byte by byte; it does not answer close_notify, but sends its own at the end of
 * its input and waits for ours; {@code -d 5} shows alerts on standard error.
 */
public record GnutlsClient() implements Tool {
    @Override
    public String label() {
        return "gnutls-cli";
    }

    @Override
    public String program() {
        return "gnutls-cli";
    }

    @Override
    public boolean isServer() {
        return false;
    }

    @Override
    public boolean answersCloseNotify() {
        return false;
    }

    @Override
    public List<String> command(PeerSetup setup, int port, Path trace) {
        List<String> command = new ArrayList<>(List.of("gnutls-cli", "-d", "5"));
        command.addAll(List.of("-p", String.valueOf(port), "--logfile", trace.toString()));
        if (setup.serverName != null) {
            command.addAll(List.of("--sni-hostname", setup.serverName));
        } else {
            command.add("--disable-sni");
        }
        if (setup.trust != null) {
            command.addAll(List.of("--x509cafile", setup.trust.toString()));
            if (setup.expectedHost != null) {
                command.addAll(List.of("--verify-hostname", setup.expectedHost));
            }
        } else {
            command.add("--no-ca-verification");
        }
        if (setup.maxFragment > 0) {
            command.addAll(List.of("--recordsize", String.valueOf(setup.maxFragment)));
        }
        if (setup.groups.size() > 1) {
            command.add("--single-key-share");
        }
        if (setup.inlineCommands) {
            command.add("--inline-commands");
        }
        command.addAll(common(setup));
        command.add("127.0.0.1");
        return command;
    }

    /** What {@code gnutls-cli} and {@code gnutls-serv} call by the same names. */
    static List<String> common(PeerSetup setup) {
        List<String> options = new ArrayList<>(List.of("--priority", priority(setup)));
        if (setup.credentials != null) {
            options.addAll(List.of("--x509certfile", setup.credentials.certificate().toString()));
            options.addAll(List.of("--x509keyfile", setup.credentials.key().toString()));
        }
        for (String protocol : setup.alpn) {
            options.addAll(List.of("--alpn", protocol));
        }
        return options;
    }

    private static String priority(PeerSetup setup) {
        List<String> words = new ArrayList<>();
        if (setup.suite != null) {
            words.addAll(List.of("NONE", "+CTYPE-X509", "+COMP-NULL"));
            words.add(setup.signature == null ? "+SIGN-ALL" : "+" + setup.signature.gnutls);
            words.add(setup.suite.gnutls());
        } else {
            words.add("NORMAL");
        }
        if (setup.version != null) {
            words.addAll(List.of("-VERS-ALL", "+" + setup.version.gnutls));
        }
        if (!setup.groups.isEmpty()) {
            words.add("-GROUP-ALL");
            setup.groups.forEach(group -> words.add("+GROUP-" + group));
        } else {
            words.add("+GROUP-ALL");
        }
        if (!setup.encryptThenMac) {
            words.add("%NO_ETM");
        }
        if (!setup.secureRenegotiation) {
            words.add("%DISABLE_SAFE_RENEGOTIATION");
        }
        return String.join(":", words);
    }

    @Override
    public List<Alert> alerts(Peer peer) throws IOException {
        return Alert.inGnutlsLog(Files.readString(peer.errors(), StandardCharsets.ISO_8859_1));
    }
}
