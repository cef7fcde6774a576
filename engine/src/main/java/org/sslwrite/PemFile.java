package org.sslwrite;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The blocks of a PEM file (RFC 7468). "Parsers SHOULD ignore whitespace and other non-base64
 * characters", and text before, between and after blocks is ignored, as OpenSSL does; but a block
 * that is damaged, or a line that could be meant to bound one, is an error: with it a certificate
 * or a key would be missing without a word.
 */
final class PemFile {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /** Such a line with hyphens too few, or blanks between, bounds nothing for OpenSSL. */
    private static final Pattern ALMOST_BOUND =
            Pattern.compile("-\\s*(BEGIN|END)\\s.*(CERTIFICATE|PRIVATE KEY)\\s*-");

    private static final String UTF8_BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf"; // read as Latin-1

    /**
     * A block.
     *
     * @param label as in its BEGIN line
     * @param line of its BEGIN line, from 1
     * @param text of the whole block, bounds included
     * @param body the lines between, headers (RFC 1421) included
     */
    record Block(String label, int line, String text, List<String> body) {
        /** Nothing of what is in it, which may be a private key. */
        @Override
        public String toString() {
            return label + " at line " + line;
        }

        /**
         * What the base64 stands for.
         *
         * @throws IdentityException if it is not base64, or has headers
         */
        byte[] content() throws IdentityException {
            String base64 = String.join("", body);
            try {
                return Base64.getDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new IdentityException(
                        "the block " + label + " at line " + line + " is damaged: no base64", e);
            }
        }
    }

    private final String[] lines;
    private final List<Block> blocks = new ArrayList<>();
    private int next;

    private PemFile(String text) {
        this.lines = text.split("\r\n|\n|\r", -1);
    }

    /**
     * Reads them; none if there is no line that begins a block.
     *
     * @throws IdentityException if a block is damaged; says at which line, and not in which file
     */
    static List<Block> blocks(byte[] bytes) throws IdentityException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.startsWith(UTF8_BYTE_ORDER_MARK)) {
            text = text.substring(UTF8_BYTE_ORDER_MARK.length());
        }
        return text.contains(BEGIN) ? new PemFile(text).read() : List.of();
    }

    private List<Block> read() throws IdentityException {
        while (next < lines.length) {
            String line = lines[next].strip();
            next++;
            if (line.startsWith(BEGIN)) {
                blocks.add(block(label(line, BEGIN)));
            } else if (line.contains(BEGIN)
                    || line.contains(END)
                    || ALMOST_BOUND.matcher(line).find()) {
                throw damaged(
                        next,
                        "a line that begins or ends a block has five hyphens at each end and"
                                + " nothing else in it");
            }
        }
        return List.copyOf(blocks);
    }

    private Block block(String label) throws IdentityException {
        int begin = next;
        List<String> body = new ArrayList<>();
        while (next < lines.length) {
            String line = lines[next].strip();
            next++;
            if (line.contains(DASHES)) {
                if (!line.startsWith(END) || !label(line, END).equals(label)) {
                    throw damaged(next, "the block " + label + " is to end, and with this alone");
                }
                return new Block(label, begin, text(begin - 1, next), body);
            }
            body.add(line);
        }
        throw damaged(begin, "the block " + label + " does not end: the file is cut off");
    }

    private String label(String line, String bound) throws IdentityException {
        String label = line.substring(bound.length());
        if (!label.endsWith(DASHES)) {
            throw damaged(next, "five hyphens end such a line");
        }
        label = label.substring(0, label.length() - DASHES.length());
        if (label.isEmpty() || label.contains(DASHES)) {
            throw damaged(next, "a line that begins or ends a block has nothing else in it");
        }
        return label;
    }

    private String text(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(lines[i].strip()).append('\n');
        }
        return text.toString();
    }

    private static IdentityException damaged(int line, String why) {
        return new IdentityException("PEM damaged at line " + line + ": " + why);
    }
}
