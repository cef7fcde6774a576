package org.sslwrite.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.kit.Pki;
import org.sslwrite.protocol.TlsVersion;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A server's own chain is parsed when the context is made, and in no handshake: each certificate
 * that is parsed is an event of the JDK's security log. The client is another process, whose
 * certificates are none of ours.
 */
class OwnChainTest {
    private static final String EVENT = "jdk.X509Certificate";

    @TempDir static Path folder;
    private static Defaults defaults;
    private static Credentials own;

    @BeforeAll
    static void makeCredentials() throws Exception {
        defaults = Defaults.in(folder);
        own = Credentials.of(Pki.CA.issue("EC", "own", Defaults.HOST).identity(Pki.CA), folder);
    }

    @TestFactory
    Stream<DynamicTest> handshakesParseNoChainOfOurOwn() {
        List<Row> rows = new ArrayList<>();
        for (TlsVersion version : TlsVersion.values()) {
            for (Tool tool : Tool.CLIENTS) {
                rows.add(
                        Row.of(
                                tool,
                                List.of(version.toString()),
                                defaults.peer(tool, version),
                                defaults.ours(
                                        tool,
                                        Io.BLOCKING,
                                        builder -> builder.identity(own.identity())),
                                (ours, _) -> assertEquals(List.of(), parsedIn(ours::handshake))));
            }
        }
        return Rows.run(rows, folder);
    }

    /** The event is there at all. */
    @Test
    void parsingIsSeen() throws Exception {
        byte[] encoded = own.leaf().getEncoded();
        List<String> parsed =
                parsedIn(
                        () ->
                                CertificateFactory.getInstance("X.509")
                                        .generateCertificate(new ByteArrayInputStream(encoded)));
        assertFalse(parsed.isEmpty());
    }

    /** Something that may parse certificates. */
    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    private static List<String> parsedIn(Action action) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable(EVENT).withoutStackTrace();
            recording.start();
            action.run();
            recording.stop();
            return subjects(recording);
        }
    }

    private static List<String> subjects(Recording recording) throws IOException {
        Path file = Files.createTempFile(folder, "parsed", ".jfr");
        recording.dump(file);
        List<String> subjects = new ArrayList<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals(EVENT)) {
                subjects.add(event.getString("subject"));
            }
        }
        return subjects;
    }
}
