package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.Pin;
import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.util.Arrays;

/** Logs the user in, if that is needed, with one try. */
final class TokenLogin {
    private static final long CKU_USER = 1;
    private static final long CKS_RO_USER_FUNCTIONS = 1;
    private static final long CKS_RW_USER_FUNCTIONS = 3;

    private final CryptokiToken token;
    private final TokenInfo info;

    TokenLogin(CryptokiToken token) {
        this.token = token;
        this.info = token.info();
    }

    /** A share in the login; null if the token is used without one. */
    Logins.@Nullable Lease run() throws TokenException {
        if (!info.isLoginRequired()) {
            return null;
        }
        Logins.Lease shared = joinIfLoggedIn();
        if (shared != null) {
            return shared;
        }
        // A person may take long to enter it: not within the deadline, and nobody waits for it.
        try (Pin pin = token.config().pin().pin(token.name())) {
            boolean keypad = info.has(TokenInfo.CKF_PROTECTED_AUTHENTICATION_PATH);
            return pin == null && !keypad ? null : join(pin == null ? new byte[0] : pin.utf8());
        }
    }

    private Logins.@Nullable Lease joinIfLoggedIn() throws TokenException {
        Logins logins = token.module().logins();
        return token.<Logins.@Nullable Lease>call(
                "C_GetSessionInfo",
                () -> logins.joinIfLoggedIn(token.slot(), this::isLoggedIn),
                this::leave);
    }

    private void leave(Logins.@Nullable Lease lease) {
        if (lease != null) {
            lease.leave(token::logout);
        }
    }

    private boolean isLoggedIn() throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            Structure session = new Structure(arena, Layouts.SESSION_INFO);
            long rv =
                    token.sessions()
                            .functions()
                            .C_GetSessionInfo(token.objects().handle(), session.address());
            token.sessions().check("C_GetSessionInfo", rv);
            long state = session.ulong("state");
            return state == CKS_RO_USER_FUNCTIONS || state == CKS_RW_USER_FUNCTIONS;
        }
    }

    /**
     * @param utf8 the PIN, wiped here
     */
    private Logins.Lease join(byte[] utf8) throws TokenException {
        Logins logins = token.module().logins();
        return token.call(
                "C_Login", () -> logins.join(token.slot(), () -> login(utf8)), this::leave);
    }

    private boolean login(byte[] utf8) throws TokenException {
        try (Arena arena = Arena.ofConfined();
                NativePin pin = new NativePin(arena, utf8)) {
            long rv =
                    token.sessions()
                            .functions()
                            .C_Login(
                                    token.objects().handle(),
                                    CKU_USER,
                                    pin.length() == 0 ? 0 : pin.address(),
                                    pin.length());
            if (rv == Ckr.CKR_USER_ALREADY_LOGGED_IN) {
                return false;
            }
            if (Ckr.refusesPin(rv)) {
                throw new CryptokiException(token.name(), "C_Login", rv, advice(rv));
            }
            token.sessions().check("C_Login", rv);
            return true;
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private String advice(long rv) {
        if (rv == Ckr.CKR_PIN_LOCKED) {
            return "too many wrong PINs; the security officer must set a new one";
        }
        if (rv == Ckr.CKR_USER_PIN_NOT_INITIALIZED) {
            return "the security officer must set the user's PIN first";
        }
        return "the PIN is not tried a second time, for tokens lock; correct it and start again"
                + triesLeft();
    }

    private String triesLeft() {
        try {
            TokenInfo now = token.module().tokenInfo(token.slot());
            if (now.has(TokenInfo.CKF_USER_PIN_LOCKED)) {
                return " (the token says that it is locked now: CKF_USER_PIN_LOCKED)";
            }
            if (now.has(TokenInfo.CKF_USER_PIN_FINAL_TRY)) {
                return " (the token says that one try is left: CKF_USER_PIN_FINAL_TRY)";
            }
            return now.has(TokenInfo.CKF_USER_PIN_COUNT_LOW)
                    ? " (the token counts wrong PINs: CKF_USER_PIN_COUNT_LOW)"
                    : "";
        } catch (TokenException e) {
            return "";
        }
    }
}
