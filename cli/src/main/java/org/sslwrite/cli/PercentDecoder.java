package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Percent-decoding (RFC 3986 section 2.1), the decoded bytes being UTF-8. A plus sign is a plus
 * sign.
 */
final class PercentDecoder {
    private PercentDecoder() {}

    /**
     * Decodes ASCII text; null if a percent sign lacks its two digits, or if what comes out is not
     * UTF-8.
     */
    static @Nullable String decode(String encoded) {
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
        int i = 0;
        while (i < encoded.length()) {
            char c = encoded.charAt(i);
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
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
