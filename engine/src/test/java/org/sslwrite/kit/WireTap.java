package org.sslwrite.kit;

import java.util.ArrayList;
import java.util.List;

/** Cuts captured bytes into TLS records. */
public final class WireTap {
    private static final int HEADER = 5;
    private static final int LARGEST_BODY = (1 << 14) + 2048;

    private WireTap() {}

    /**
     * A record as it is on the wire.
     *
     * @param type outer content type
     * @param start where its header starts in the capture
     * @param length bytes of its body
     */
    public record TlsRecord(int type, int start, int length) {
        /** Where it ends in the capture. */
        public int end() {
            return start + HEADER + length;
        }

        public boolean isAlert() {
            return type == 21;
        }
    }

    /**
     * The records in a capture.
     *
     * @throws AssertionError if a header is not one of TLS, or the last record is not whole
     */
    public static List<TlsRecord> records(byte[] wire) {
        List<TlsRecord> records = new ArrayList<>();
        int at = 0;
        while (at < wire.length) {
            require(
                    wire.length - at >= HEADER,
                    "torn: " + (wire.length - at) + " bytes of a header",
                    at);
            int type = wire[at] & 0xFF;
            int length = (wire[at + 3] & 0xFF) << 8 | wire[at + 4] & 0xFF;
            require(type >= 20 && type <= 23, "content type " + type, at);
            require(wire[at + 1] == 3 && wire[at + 2] >= 1 && wire[at + 2] <= 3, "version", at);
            require(length <= LARGEST_BODY, "length " + length, at);
            require(
                    wire.length - at >= HEADER + length,
                    "torn: body of " + length + " bytes is cut off",
                    at);
            records.add(new TlsRecord(type, at, length));
            at += HEADER + length;
        }
        return List.copyOf(records);
    }

    private static void require(boolean holds, String what, int at) {
        if (!holds) {
            throw new AssertionError("no whole record at byte " + at + " of the capture: " + what);
        }
    }
}
