package org.sslwrite.probe;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The attributes of an object to be made (an array of CK_ATTRIBUTE). */
final class Template {
    static final long CKA_CLASS = 0x0;
    static final long CKA_TOKEN = 0x1;
    static final long CKA_PRIVATE = 0x2;
    static final long CKA_VALUE = 0x11;
    static final long CKA_KEY_TYPE = 0x100;
    static final long CKA_SENSITIVE = 0x103;
    static final long CKA_ENCRYPT = 0x104;
    static final long CKA_SIGN = 0x108;
    static final long CKA_DERIVE = 0x10C;
    static final long CKA_VALUE_LEN = 0x161;
    static final long CKA_EXTRACTABLE = 0x162;

    static final long CKK_GENERIC_SECRET = 0x10;
    static final long CKK_AES = 0x1F;
    static final long CKK_SHA_1_HMAC = 0x28;
    static final long CKK_SHA256_HMAC = 0x2B;
    static final long CKK_SHA384_HMAC = 0x2C;
    static final long CKK_CHACHA20 = 0x33;

    private static final long CKO_SECRET_KEY = 0x4;

    private record Attribute(long type, long number, byte[] bytes) {}

    private final List<Attribute> attributes = new ArrayList<>();

    private Template() {}

    /**
     * A secret key that lives as long as its session.
     *
     * @param usage what it is for, as in {@link #CKA_ENCRYPT}
     */
    static Template secretKey(long keyType, long usage, KeyProtection protection) {
        return new Template()
                .number(CKA_CLASS, CKO_SECRET_KEY)
                .number(CKA_KEY_TYPE, keyType)
                .flag(CKA_TOKEN, false)
                .flag(CKA_PRIVATE, protection.isPrivate())
                .flag(CKA_SENSITIVE, protection.isSensitive())
                .flag(CKA_EXTRACTABLE, !protection.isSensitive())
                .flag(usage, true);
    }

    Template value(byte[] key) {
        attributes.add(new Attribute(CKA_VALUE, 0, key));
        return this;
    }

    Template number(long type, long number) {
        attributes.add(new Attribute(type, number, new byte[0]));
        return this;
    }

    private Template flag(long type, boolean set) {
        attributes.add(new Attribute(type, 0, new byte[] {(byte) (set ? 1 : 0)}));
        return this;
    }

    public int count() {
        return attributes.size();
    }

    /** The array, in the session's memory. */
    MemorySegment in(RawSession session) {
        long[] words = new long[3 * attributes.size()];
        int at = 0;
        for (Attribute attribute : attributes) {
            MemorySegment value =
                    attribute.bytes.length > 0
                            ? session.bytes(attribute.bytes)
                            : session.words(attribute.number);
            words[at++] = attribute.type;
            words[at++] = value.address();
            words[at++] = attribute.bytes.length > 0 ? attribute.bytes.length : Long.BYTES;
        }
        return session.words(words);
    }
}
