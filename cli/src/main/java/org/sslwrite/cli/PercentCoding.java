package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Percent-encoding (RFC 3986 section 2.1) of file names: the decoded bytes are those of the name in
 * the file system, which are UTF-8 unless the locale says otherwise. A plus sign is a plus sign.
 */
final class PercentCoding {
    private static final String UNRESERVED = "-._~/"; // besides letters and digits
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PercentCoding() {}

    /**
     * Decodes a path; null if a percent sign lacks its two digits, if what comes out is no name, or
     * if a character should have been encoded.
     */
    static @Nullable String decode(String encoded) {
        return decode(encoded, ofFileNames());
    }

    /** The JDK can name no file beyond ASCII in the locale "C"; UTF-8 then says so later. */
    private static Charset ofFileNames() {
        Charset charset =
                Charset.forName(System.getProperty("sun.jnu.encoding"), StandardCharsets.UTF_8);
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    static @Nullable String decode(String encoded, Charset charset) {
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
        int i = 0;
        while (i < encoded.length()) {
            char c = encoded.charAt(i);
            if (c <= ' ' || c > '~') {
                return null;
            }
            if (c != '%') {
                bytes.put((byte) c);
                i++;
                continue;
            }
            int high = i + 1 < encoded.length() ? hexDigit(encoded.charAt(i + 1)) : -1;
            int low = i + 2 < encoded.length() ? hexDigit(encoded.charAt(i + 2)) : -1;
            if (high < 0 || low < 0) {
                return null;
            }
            bytes.put((byte) (high << 4 | low));
            i += 3;
        }
        try {
            return charset.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    /** The path that stands for a name; slashes stay. */
    static String encode(String name) {
        return encode(name, ofFileNames());
    }

    static String encode(String name, Charset charset) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(charset)) {
            char c = (char) (b & 0xFF);
            boolean plain =
                    c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0);
            if (plain) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
