package org.sslwrite.pkcs11.key;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** The little of DER that signatures need. */
public final class Der {
    private static final int INTEGER = 0x02;
    private static final int SEQUENCE = 0x30;

    private Der() {}

    /** Ecdsa-Sig-Value (RFC 3279, 2.2.3) of the two halves that PKCS#11 puts next to each other. */
    public static byte[] ecdsaSignature(byte[] halves) {
        int half = halves.length / 2;
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(integer(new BigInteger(1, halves, 0, half)));
        both.writeBytes(integer(new BigInteger(1, halves, half, half)));
        return tagged(SEQUENCE, both.toByteArray());
    }

    public static byte[] integer(BigInteger value) {
        return tagged(INTEGER, value.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
