package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.security.auth.login.LoginException;

/** What exceptions of SunPKCS11 say, whose class with the CK_RV is not for others to see. */
final class SunErrors {
    private static final String PKCS11_EXCEPTION = "sun.security.pkcs11.wrapper.PKCS11Exception";
    private static final Pattern CODE = Pattern.compile("CKR_[A-Z0-9_]+|0x[0-9A-Fa-f]+");

    /** More than any chain of causes has, if it is no ring. */
    private static final int DEEPEST = 20;

    /** After these, only another provider and another login can help; in doubt one is made. */
    static final Set<String> FATAL =
            Set.of(
                    "CKR_SESSION_HANDLE_INVALID",
                    "CKR_SESSION_CLOSED",
                    "CKR_DEVICE_ERROR",
                    "CKR_DEVICE_MEMORY",
                    "CKR_DEVICE_REMOVED",
                    "CKR_TOKEN_NOT_PRESENT",
                    "CKR_TOKEN_NOT_RECOGNIZED",
                    "CKR_SLOT_ID_INVALID",
                    "CKR_CRYPTOKI_NOT_INITIALIZED",
                    "CKR_USER_NOT_LOGGED_IN",
                    "CKR_KEY_HANDLE_INVALID",
                    "CKR_OBJECT_HANDLE_INVALID",
                    "CKR_OPERATION_ACTIVE",
                    "CKR_HOST_MEMORY",
                    "CKR_GENERAL_ERROR",
                    "CKR_FUNCTION_FAILED");

    private SunErrors() {}

    /** The name of the CK_RV in an exception or its causes; null if there is none. */
    static @Nullable String code(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof CryptokiException e) {
                return e.code();
            }
            if (cause.getClass().getName().equals(PKCS11_EXCEPTION)) {
                Matcher code = CODE.matcher(String.valueOf(cause.getMessage()));
                return code.lookingAt() ? code.group() : "CKR_VENDOR_DEFINED";
            }
            cause = cause.getCause();
        }
        return null;
    }

    /** Whether it shows that provider, sessions or login are of no more use. */
    static boolean isFatal(Throwable thrown) {
        String code = code(thrown);
        return code != null ? FATAL.contains(code) : isTokenGone(thrown);
    }

    /** Whether it shows that the token cannot do what was asked. */
    static boolean isIncapability(Throwable thrown) {
        String code = code(thrown);
        return code != null ? Ckr.isIncapability(code) : thrown instanceof NoSuchAlgorithmException;
    }

    /** SunPKCS11 says so without a CK_RV when a removable token was removed, or is logged out. */
    private static boolean isTokenGone(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof LoginException
                    || "Token has been removed".equals(cause.getMessage())) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** The CK_RV, or else what the innermost cause says. */
    static String describe(Throwable thrown) {
        String code = code(thrown);
        if (code != null) {
            return code;
        }
        Throwable innermost = thrown;
        for (int depth = 0; innermost.getCause() != null && depth < DEEPEST; depth++) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : message;
    }
}
