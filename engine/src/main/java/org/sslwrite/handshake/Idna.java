package org.sslwrite.handshake;

import static java.lang.Character.DIRECTIONALITY_ARABIC_NUMBER;
import static java.lang.Character.DIRECTIONALITY_EUROPEAN_NUMBER;
import static java.lang.Character.DIRECTIONALITY_LEFT_TO_RIGHT;
import static java.lang.Character.DIRECTIONALITY_NONSPACING_MARK;
import static java.lang.Character.DIRECTIONALITY_RIGHT_TO_LEFT;
import static java.lang.Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Host names beyond ASCII, as IDNA 2008 (RFC 5890 to 5895) has them, where a sharp s stays one.
 * {@link java.net.IDN} is IDNA 2003, which makes another host of such a name.
 *
 * <p>What is not certain to mean the same host everywhere is refused: its A-label can be given.
 */
final class Idna {
    private static final String PREFIX = "xn--";

    /** UTS 46 section 4.5: the full stop and its relatives. */
    private static final Pattern SEPARATOR = Pattern.compile("[.\\u3002\\uff0e\\uff61]");

    /** RFC 5892 section 2.6: allowed, or not, whatever their properties say. */
    private static final Set<Integer> ALWAYS = Set.of(0xdf, 0x3c2, 0x6fd, 0x6fe, 0xf0b, 0x3007);

    /** Sharp s and final sigma: UTS 46 has mapped them once, and does no longer. */
    private static final Set<Integer> KEPT = Set.of(0xdf, 0x3c2);

    private static final String DOTLESS_I = "\u0131";

    private static final Set<Integer> NEVER =
            Set.of(
                    0x640,
                    0x7fa,
                    0x302e,
                    0x302f,
                    0x3031,
                    0x3032,
                    0x3033,
                    0x3034,
                    0x3035,
                    0x303b,
                    // Section 2.3, default ignorable: those that are letters or marks.
                    0x34f,
                    0x115f,
                    0x1160,
                    0x17b4,
                    0x17b5,
                    0x180b,
                    0x180c,
                    0x180d,
                    0x180f);

    /** RFC 5892 sections 2.4 and 2.9, and the selectors of variants. */
    private static final Set<UnicodeBlock> BLOCKS_NEVER =
            Set.of(
                    UnicodeBlock.COMBINING_MARKS_FOR_SYMBOLS,
                    UnicodeBlock.MUSICAL_SYMBOLS,
                    UnicodeBlock.ANCIENT_GREEK_MUSICAL_NOTATION,
                    UnicodeBlock.HANGUL_JAMO,
                    UnicodeBlock.HANGUL_JAMO_EXTENDED_A,
                    UnicodeBlock.HANGUL_JAMO_EXTENDED_B,
                    UnicodeBlock.VARIATION_SELECTORS,
                    UnicodeBlock.VARIATION_SELECTORS_SUPPLEMENT);

    private Idna() {}

    /**
     * The name with A-labels for labels beyond ASCII. Labels of ASCII stay as they are, unchecked.
     *
     * @throws IllegalArgumentException if a label is not allowed; the message says why
     */
    static String toAscii(String name) {
        if (isAscii(name)) {
            return name;
        }
        List<String> labels = Arrays.stream(SEPARATOR.split(name, -1)).map(Idna::uLabel).toList();
        return labels.stream()
                .map(label -> isAscii(label) ? label : PREFIX + Punycode.encode(label))
                .collect(Collectors.joining("."));
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    /** RFC 5891 sections 5.3 and 5.4, after the mapping of RFC 5895 section 2. */
    private static String uLabel(String given) {
        if (isAscii(given)) {
            return given;
        }
        String label = mapped(given);
        require(label.indexOf('.') < 0, "it has a character that stands for a dot");
        if (isAscii(label)) {
            return label;
        }
        require(!label.startsWith("-") && !label.endsWith("-"), "a label has a hyphen at an end");
        require(!label.startsWith("--", 2), "a label has two hyphens in its third place");
        require(!isMark(label.codePointAt(0)), "a label begins with a combining mark");
        int[] codePoints = label.codePoints().toArray();
        for (int i = 0; i < codePoints.length; i++) {
            int at = i;
            require(
                    isAllowed(codePoints[i]) && fitsContext(codePoints, i),
                    () -> String.format("U+%04X is not allowed there", codePoints[at]));
        }
        require(!isBidirectional(label) || obeysBidiRule(label), "its directions are mixed");
        return label;
    }

    private static void require(boolean met, String otherwise) {
        require(met, () -> otherwise);
    }

    private static void require(boolean met, Supplier<String> otherwise) {
        if (!met) {
            throw new IllegalArgumentException(otherwise.get());
        }
    }

    /** Lower case, without forms of compatibility. */
    private static String mapped(String label) {
        StringBuilder mapped = new StringBuilder();
        label.codePoints()
                .mapToObj(c -> KEPT.contains(c) ? Character.toString(c) : folded(c))
                .forEach(mapped::append);
        return Normalizer.normalize(mapped, Form.NFKC);
    }

    /** Full case folding of what NFKC makes of a character. */
    private static String folded(int c) {
        String compatible = Normalizer.normalize(Character.toString(c), Form.NFKC);
        if (compatible.equals(DOTLESS_I)) {
            return compatible;
        }
        String upper = compatible.toUpperCase(Locale.ROOT);
        return isOf(c, UnicodeScript.CHEROKEE) ? upper : upper.toLowerCase(Locale.ROOT);
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    true;
            default -> false;
        };
    }

    /** RFC 5892 section 3; underscores, which hosts of private networks have, besides. */
    private static boolean isAllowed(int c) {
        if (c < 0x80) {
            return c == '-' || c == '_' || Character.isLetterOrDigit(c);
        }
        if (ALWAYS.contains(c) || isContextual(c)) {
            return true;
        }
        String alone = Character.toString(c);
        return isLetterOrDigit(c)
                && !NEVER.contains(c)
                && !BLOCKS_NEVER.contains(UnicodeBlock.of(c))
                && mapped(alone).equals(alone);
    }

    private static boolean isLetterOrDigit(int c) {
        return switch (Character.getType(c)) {
            case Character.LOWERCASE_LETTER,
                    Character.UPPERCASE_LETTER,
                    Character.OTHER_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK ->
                    true;
            default -> false;
        };
    }

    private static boolean isContextual(int c) {
        return switch (c) {
            case 0xb7, 0x375, 0x5f3, 0x5f4, 0x30fb -> true;
            default -> isArabicIndic(c) || isExtendedArabicIndic(c);
        };
    }

    private static boolean isArabicIndic(int c) {
        return c >= 0x660 && c <= 0x669;
    }

    private static boolean isExtendedArabicIndic(int c) {
        return c >= 0x6f0 && c <= 0x6f9;
    }

    /** RFC 5892 appendix A.3 to A.9. */
    private static boolean fitsContext(int[] label, int at) {
        int before = at > 0 ? label[at - 1] : -1;
        int after = at + 1 < label.length ? label[at + 1] : -1;
        int c = label[at];
        return switch (c) {
            case 0xb7 -> before == 'l' && after == 'l';
            case 0x375 -> isOf(after, UnicodeScript.GREEK);
            case 0x5f3, 0x5f4 -> isOf(before, UnicodeScript.HEBREW);
            case 0x30fb -> Arrays.stream(label).anyMatch(Idna::isJapanese);
            default ->
                    !(isArabicIndic(c)
                                    && Arrays.stream(label).anyMatch(Idna::isExtendedArabicIndic))
                            && !(isExtendedArabicIndic(c)
                                    && Arrays.stream(label).anyMatch(Idna::isArabicIndic));
        };
    }

    private static boolean isJapanese(int c) {
        return isOf(c, UnicodeScript.HIRAGANA)
                || isOf(c, UnicodeScript.KATAKANA)
                || isOf(c, UnicodeScript.HAN);
    }

    private static boolean isOf(int c, UnicodeScript script) {
        return c >= 0 && UnicodeScript.of(c) == script;
    }

    /** RFC 5893 section 1.4: whether the label makes the name one that the Bidi rule is for. */
    private static boolean isBidirectional(String label) {
        return label.codePoints()
                .anyMatch(c -> isRightToLeft(c) || isOneOf(c, DIRECTIONALITY_ARABIC_NUMBER));
    }

    private static boolean isRightToLeft(int c) {
        return isOneOf(c, DIRECTIONALITY_RIGHT_TO_LEFT, DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC);
    }

    private static boolean isOneOf(int c, byte... directions) {
        byte direction = Character.getDirectionality(c);
        for (byte one : directions) {
            if (direction == one) {
                return true;
            }
        }
        return false;
    }

    /** RFC 5893 section 2. */
    private static boolean obeysBidiRule(String label) {
        int[] all = label.codePoints().toArray();
        int end = all.length;
        while (end > 0 && isOneOf(all[end - 1], DIRECTIONALITY_NONSPACING_MARK)) {
            end--;
        }
        int first = all[0];
        int last = end > 0 ? all[end - 1] : first;
        if (isRightToLeft(first)) {
            boolean european =
                    Arrays.stream(all).anyMatch(c -> isOneOf(c, DIRECTIONALITY_EUROPEAN_NUMBER));
            boolean arabic =
                    Arrays.stream(all).anyMatch(c -> isOneOf(c, DIRECTIONALITY_ARABIC_NUMBER));
            return !(european && arabic)
                    && (isRightToLeft(last)
                            || isOneOf(
                                    last,
                                    DIRECTIONALITY_EUROPEAN_NUMBER,
                                    DIRECTIONALITY_ARABIC_NUMBER))
                    && Arrays.stream(all).noneMatch(c -> isOneOf(c, DIRECTIONALITY_LEFT_TO_RIGHT));
        }
        return isOneOf(first, DIRECTIONALITY_LEFT_TO_RIGHT)
                && isOneOf(last, DIRECTIONALITY_LEFT_TO_RIGHT, DIRECTIONALITY_EUROPEAN_NUMBER)
                && Arrays.stream(all)
                        .noneMatch(
                                c -> isRightToLeft(c) || isOneOf(c, DIRECTIONALITY_ARABIC_NUMBER));
    }
}
