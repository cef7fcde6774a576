package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;

/** Bytes to send, and the question whether they arrived. */
public final class Data {
    private Data() {}

    /** Bytes that look random and are the same for the same length. */
    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Compares without printing hundreds of kilobytes. */
    public static void assertSame(byte[] wanted, byte[] found, String what) {
        int mismatch = Arrays.mismatch(wanted, found);
        if (mismatch >= 0) {
            assertEquals(
                    wanted.length,
                    found.length,
                    what + ": length (they differ from byte " + mismatch + " on)");
            throw new AssertionError(
                    what + ": byte " + mismatch + " of " + wanted.length + " differs");
        }
    }

    /** Some arrays as one. */
    public static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
