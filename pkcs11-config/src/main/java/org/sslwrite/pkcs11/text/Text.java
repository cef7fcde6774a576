package org.sslwrite.pkcs11.text;

import java.nio.charset.StandardCharsets;

/** What a text in a description of a token may be. */
public final class Text {
    private Text() {}

    /**
     * Refuses the empty text and control characters: no line of a log or of a configuration can be
     * forged with it, and no C string ends early.
     *
     * @throws IllegalArgumentException naming {@code what}, without the text
     */
    public static void requirePrintable(String what, String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the " + what + " is empty");
        }
        if (text.codePoints().anyMatch(Text::isUnprintable)) {
            throw new IllegalArgumentException("the " + what + " has a control character in it");
        }
    }

    /**
     * As above, and within a field of the C API.
     *
     * @param bytes what there is room for, in UTF-8
     * @throws IllegalArgumentException naming {@code what}, without the text
     */
    public static void requirePrintable(String what, String text, int bytes) {
        requirePrintable(what, text);
        if (text.getBytes(StandardCharsets.UTF_8).length > bytes) {
            throw new IllegalArgumentException(
                    "the " + what + " is longer than " + bytes + " bytes");
        }
    }

    /** Whether a character is a control character or no character at all (half a surrogate). */
    public static boolean isUnprintable(int codePoint) {
        return Character.isISOControl(codePoint)
                || codePoint == 0x2028
                || codePoint == 0x2029
                || Character.getType(codePoint) == Character.SURROGATE;
    }
}
