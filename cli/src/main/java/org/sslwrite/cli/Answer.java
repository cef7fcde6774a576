package org.sslwrite.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a server says to what it is sent: its first line, and how much it was. */
final class Answer {
    private static final int MOST_SHOWN = 200;

    private final StringBuilder begin = new StringBuilder();
    private long bytes;

    /** Takes the remaining bytes. */
    void accept(ByteBuffer data) {
        bytes += data.remaining();
        while (data.hasRemaining() && begin.length() < MOST_SHOWN) {
            begin.append((char) (data.get() & 0xff));
        }
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** As in {@code "HTTP/1.1 200 OK" (1,234 bytes)}. */
    @Override
    public String toString() {
        byte[] raw = begin.toString().getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(raw, StandardCharsets.UTF_8).strip();
        String line = text.lines().findFirst().orElse("");
        return String.format(Locale.ROOT, "\"%s\" (%,d bytes)", OneLine.of(line), bytes);
    }
}
