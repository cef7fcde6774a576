package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.vendor.Vendor;

/** What to do about a login that failed, or that there was none. */
final class LoginAdvice {
    private static final long CK_UNAVAILABLE_INFORMATION = -1;

    private LoginAdvice() {}

    /**
     * Refuses a PIN that no token with such limits can have; it would cost a try.
     *
     * @param utf8 of at least one byte
     */
    static void requireLength(CryptokiToken token, byte[] utf8) throws TokenException {
        Vendor vendor = token.config().vendor();
        if (vendor != null && !vendor.defaults().pinLengths()) {
            return;
        }
        TokenInfo info = token.info();
        boolean isTooLong = isLimit(info.maxPinLength()) && utf8.length > info.maxPinLength();
        // Some modules have both from uninitialised memory, or in the wrong order.
        boolean isTooShort =
                isLimit(info.minPinLength())
                        && utf8.length < info.minPinLength()
                        && isLimit(info.maxPinLength())
                        && info.minPinLength() <= info.maxPinLength();
        if (isTooLong || isTooShort) {
            throw new TokenException(
                    token.name()
                            + ": the PIN is too "
                            + (isTooLong ? "long" : "short")
                            + " for this token, which takes "
                            + range(info)
                            + "; it was not tried: correct it and start again");
        }
    }

    private static boolean isLimit(long length) {
        return length != CK_UNAVAILABLE_INFORMATION && length > 0;
    }

    private static String range(TokenInfo info) {
        return info.minPinLength() + " to " + info.maxPinLength() + " bytes of UTF-8";
    }

    /**
     * What follows a CK_RV of C_Login.
     *
     * @param isRefusal whether the PIN is not tried again
     * @param flags CKF_ that the token has now
     */
    static String of(TokenInfo info, long rv, boolean isRefusal, long flags) {
        if (rv == Ckr.CKR_PIN_LOCKED) {
            return "too many wrong PINs; the security officer must set a new one";
        }
        if (rv == Ckr.CKR_USER_PIN_NOT_INITIALIZED) {
            return "the security officer must set the user's PIN first";
        }
        if (rv == Ckr.CKR_PIN_EXPIRED) {
            return "the PIN was right, but must be changed before it is used: do that with the"
                    + " token's own tool, or with pkcs11-tool --login --change-pin, and start"
                    + " again";
        }
        if (rv == Ckr.CKR_PIN_LEN_RANGE && isLimit(info.maxPinLength())) {
            return "the token takes " + range(info) + "; correct the PIN and start again";
        }
        return isRefusal
                ? "the PIN is not tried a second time, for tokens lock; correct it and start again"
                        + more(flags)
                : "it is tried again in a while";
    }

    private static String more(long flags) {
        if ((flags & TokenInfo.CKF_USER_PIN_LOCKED) != 0) {
            return " (the token says that it is locked now: CKF_USER_PIN_LOCKED)";
        }
        if ((flags & TokenInfo.CKF_USER_PIN_FINAL_TRY) != 0) {
            return " (the token says that one try is left: CKF_USER_PIN_FINAL_TRY)";
        }
        if ((flags & TokenInfo.CKF_USER_PIN_TO_BE_CHANGED) != 0) {
            return " (the token says that the PIN must be changed: CKF_USER_PIN_TO_BE_CHANGED)";
        }
        return (flags & TokenInfo.CKF_USER_PIN_COUNT_LOW) != 0
                ? " (the token counts wrong PINs: CKF_USER_PIN_COUNT_LOW)"
                : "";
    }

    /** For what a token does not do without a login; null if there was one, or none is needed. */
    static @Nullable String ofMissing(CryptokiToken token) {
        return token.info().isLoginRequired() && !token.isLoggedIn()
                ? "the token wants a login, and no PIN is configured: set pin-source = file:/path,"
                        + " env:NAME or prompt"
                : null;
    }
}
