package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.text.Text;

import java.util.HexFormat;

/**
 * Which of a token's keys, or certificates, is meant: by label, by id, or by both.
 *
 * @param label CKA_LABEL, without control characters; null if it does not matter
 * @param idHex CKA_ID in lower-case hexadecimal; null if it does not matter. Upper case and colons
 *     between bytes are accepted, and normalised
 */
public record KeySelector(@Nullable String label, @Nullable String idHex) {
    /** What a CKA_ID may have; far above what tokens store. */
    private static final int MAX_ID_BYTES = 255;

    /**
     * @throws IllegalArgumentException if neither is given, or one is malformed
     */
    public KeySelector {
        if (label == null && idHex == null) {
            throw new IllegalArgumentException("a key needs a label or an id");
        }
        if (label != null) {
            Text.requirePrintable("label of the key", label);
        }
        if (idHex != null) {
            idHex = normalised(idHex);
        }
    }

    /** The key with this CKA_LABEL. */
    public static KeySelector byLabel(String label) {
        return new KeySelector(label, null);
    }

    /** The key with this CKA_ID. */
    public static KeySelector byId(byte[] id) {
        return new KeySelector(null, HexFormat.of().formatHex(id));
    }

    /** CKA_ID; null if it does not matter. */
    public byte @Nullable [] id() {
        return idHex == null ? null : HexFormat.of().parseHex(idHex);
    }

    /** As in {@code key "web" with id 0a01}. */
    @Override
    public String toString() {
        String withLabel = label == null ? "key" : "key \"" + label + "\"";
        return idHex == null ? withLabel : withLabel + " with id " + idHex;
    }

    private static String normalised(String hex) {
        byte[] id;
        try {
            id =
                    hex.indexOf(':') < 0
                            ? HexFormat.of().parseHex(hex)
                            : HexFormat.ofDelimiter(":").parseHex(hex);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an id is pairs of hexadecimal digits, as in 0a01 or 0a:01", e);
        }
        if (id.length == 0 || id.length > MAX_ID_BYTES) {
            throw new IllegalArgumentException("an id has 1 to " + MAX_ID_BYTES + " bytes");
        }
        return HexFormat.of().formatHex(id);
    }
}
