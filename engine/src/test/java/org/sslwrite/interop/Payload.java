package org.sslwrite.interop;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Bytes to send, the same in every run. */
public final class Payload {
    /** Around the largest record, and enough for many batches with a short last record. */
    static final List<Integer> SIZES = List.of(1, 16383, 16384, 16385, (1 << 20) + 7);

    private static final int FIRST_PRINTABLE = ' ';
    private static final int BEHIND_PRINTABLE = '~' + 1;

    private Payload() {}

    /** Any bytes. */
    public static byte[] binary(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** One line: printable ASCII, with a line feed at the end. */
    public static byte[] line(int size, long seed) {
        byte[] bytes = new byte[size];
        Random random = new Random(seed);
        for (int i = 0; i < size - 1; i++) {
            bytes[i] = (byte) random.nextInt(FIRST_PRINTABLE, BEHIND_PRINTABLE);
        }
        bytes[size - 1] = '\n';
        return bytes;
    }

    /** Length and SHA-256: two of these say enough, where two arrays say too much. */
    public static String digest(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return bytes.length + " bytes, SHA-256 " + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
