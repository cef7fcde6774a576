package org.sslwrite.pkcs11.cryptoki.ffi;

/**
 * What a token says of itself (CK_TOKEN_INFO). Texts are trimmed.
 *
 * @param flags CKF_…
 * @param maxSessions sessions that one application can have at the same time; {@link
 *     Integer#MAX_VALUE} if the token knows no limit
 * @param sessions sessions that this application has open; -1 if the token doesn't tell
 * @param maxRwSessions as {@code maxSessions}, of read/write sessions
 * @param rwSessions as {@code sessions}, of read/write sessions
 * @param minPinLength bytes of a PIN at least, as the token has it
 * @param maxPinLength bytes of a PIN at most; 0 or -1 if the token does not tell
 */
public record TokenInfo(
        String label,
        String manufacturer,
        String model,
        String serial,
        long flags,
        int maxSessions,
        int sessions,
        int maxRwSessions,
        int rwSessions,
        long minPinLength,
        long maxPinLength,
        String hardwareVersion,
        String firmwareVersion) {
    public static final long CKF_LOGIN_REQUIRED = 0x4;
    public static final long CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
    public static final long CKF_TOKEN_INITIALIZED = 0x400;
    public static final long CKF_USER_PIN_COUNT_LOW = 0x10000;
    public static final long CKF_USER_PIN_FINAL_TRY = 0x20000;
    public static final long CKF_USER_PIN_LOCKED = 0x40000;
    public static final long CKF_USER_PIN_TO_BE_CHANGED = 0x80000;

    private static final long CK_UNAVAILABLE_INFORMATION = -1;
    private static final long CK_EFFECTIVELY_INFINITE = 0;

    public static TokenInfo of(Structure info) {
        return new TokenInfo(
                info.text("label"),
                info.text("manufacturerID"),
                info.text("model"),
                info.text("serialNumber"),
                info.ulong("flags"),
                limit(info.ulong("ulMaxSessionCount")),
                count(info.ulong("ulSessionCount")),
                limit(info.ulong("ulMaxRwSessionCount")),
                count(info.ulong("ulRwSessionCount")),
                info.ulong("ulMinPinLen"),
                info.ulong("ulMaxPinLen"),
                info.version("hardwareVersion"),
                info.version("firmwareVersion"));
    }

    /** Whether it has been initialised (C_InitToken) and so has a label of its own. */
    public boolean isInitialized() {
        return has(CKF_TOKEN_INITIALIZED);
    }

    /** Whether a user must log in before it does cryptography. */
    public boolean isLoginRequired() {
        return has(CKF_LOGIN_REQUIRED);
    }

    /** Tells it from other tokens, and from itself before its firmware was changed. */
    public String identity() {
        return String.join(
                "/", manufacturer, model, serial, label, hardwareVersion, firmwareVersion);
    }

    public boolean has(long flag) {
        return (flags & flag) != 0;
    }

    private static int limit(long value) {
        boolean known = value != CK_UNAVAILABLE_INFORMATION && value != CK_EFFECTIVELY_INFINITE;
        return known && value > 0 && value < Integer.MAX_VALUE ? (int) value : Integer.MAX_VALUE;
    }

    private static int count(long value) {
        return value >= 0 && value <= Integer.MAX_VALUE ? (int) value : -1;
    }
}
