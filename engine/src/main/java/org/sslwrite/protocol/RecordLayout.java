package org.sslwrite.protocol;

/**
 * Sizes of RFC 8446 section 5 and RFC 5246 section 6.2, in bytes.
 *
 * <pre>
 *  0        1            3        5
 *  | type   | 0x03 0x03  | length | body …
 * </pre>
 */
public final class RecordLayout {
    /** The header: content type, version, length. */
    public static final int HEADER = 5;

    /** Content of one record at most. */
    public static final int MAX_FRAGMENT = 1 << 14;

    /** The smallest limit that a user may set for the content of a record, as in OpenSSL. */
    public static final int MIN_SEND_FRAGMENT = 512;

    /** The smallest limit that a peer may ask for: RFC 8449 section 4. */
    public static final int MIN_RECORD_SIZE_LIMIT = 64;

    /** Body of a record at most, whatever the suite: RFC 5246 section 6.2.3. */
    public static final int MAX_BODY = MAX_FRAGMENT + 2048;

    private RecordLayout() {}

    /**
     * How much of a write the next record takes: all that is left, up to the limit, so that every
     * record but the last is full.
     */
    public static int fragment(long left, int limit) {
        return (int) Math.min(left, limit);
    }
}
