package org.sslwrite.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code gnutls-serv --echo}. Measured with 3.7.9: it takes a line (no NUL, and a line feed at the
 * end only), shows it on standard error behind {@code received cmd:}, and sends it back; it answers
 * close_notify and goes on listening; standard error is not buffered, so what it shows there is
 * complete when its answer is here.
 */
public record GnutlsServer() implements Tool {
    private static final String RECEIVED = "\nreceived cmd: ";

    @Override
    public String label() {
        return "gnutls-serv";
    }

    @Override
    public String program() {
        return "gnutls-serv";
    }

    @Override
    public boolean isServer() {
        return true;
    }

    @Override
    public boolean echoes() {
        return true;
    }

    @Override
    public boolean endsWithConnection() {
        return false;
    }

    @Override
    public List<String> command(PeerSetup setup, int port, Path trace) {
        List<String> command = new ArrayList<>(List.of("gnutls-serv", "-d", "5"));
        command.add(setup.web ? "--http" : "--echo");
        command.addAll(List.of("-p", String.valueOf(port)));
        if (setup.serverName != null) {
            command.addAll(List.of("--sni-hostname", setup.serverName, "--sni-hostname-fatal"));
        }
        switch (setup.clientAuth) {
            case NONE -> command.add("--disable-client-cert");
            case WANTED -> {}
            case REQUIRED -> command.add("--require-client-cert");
        }
        if (setup.trust != null) {
            command.addAll(List.of("--x509cafile", setup.trust.toString(), "--verify-client-cert"));
        }
        if (!setup.alpn.isEmpty()) {
            command.add("--alpn-fatal");
        }
        if (setup.maxFragment > 0) {
            command.addAll(List.of("--recordsize", String.valueOf(setup.maxFragment)));
        }
        command.addAll(GnutlsClient.common(setup));
        return command;
    }

    @Override
    public byte[] received(Peer peer) throws IOException {
        String log = log(peer);
        int start = log.indexOf(RECEIVED);
        if (start < 0) {
            return new byte[0];
        }
        start += RECEIVED.length();
        String line = log.substring(start, log.indexOf('\n', start) + 1);
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public List<Alert> alerts(Peer peer) throws IOException {
        return Alert.inGnutlsLog(log(peer));
    }

    private static String log(Peer peer) throws IOException {
        return Files.readString(peer.errors(), StandardCharsets.ISO_8859_1);
    }
}
