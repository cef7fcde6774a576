package org.sslwrite.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import javax.net.ssl.SSLSocket;

/** A download that is read when it is told to: what is not read yet keeps the server waiting. */
final class Download {
    private final InputStream in;
    private final InputStream file;
    private long read;
    private boolean isSame = true;

    private Download(InputStream in, InputStream file) {
        this.in = in;
        this.file = file;
    }

    /** Asks for a file; its name is the request's. */
    static Download start(int port, Path file) throws IOException {
        SSLSocket socket =
                Fixture.request(
                        port,
                        "GET /"
                                + file.getFileName()
                                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        InputStream in = socket.getInputStream();
        int line = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            line = c == '\r' ? line : c == '\n' ? line + 1 : 0;
            if (line == 2) {
                return new Download(in, Files.newInputStream(file));
            }
        }
        throw new IOException("no answer");
    }

    /** Reads until there were so many bytes, or the connection breaks. */
    void readTo(long bytes) {
        try {
            while (isSame && read < bytes) {
                byte[] got = in.readNBytes((int) Math.min(1 << 16, bytes - read));
                isSame = got.length > 0 && Arrays.equals(got, file.readNBytes(got.length));
                read += got.length;
            }
        } catch (IOException e) {
            isSame = false;
        }
    }

    /** Reads to the end: whether it was the file, and all of it. */
    boolean isWhole() throws IOException {
        try (in;
                file) {
            readTo(Long.MAX_VALUE >> 1);
            return read > 0 && file.read() < 0;
        }
    }
}
