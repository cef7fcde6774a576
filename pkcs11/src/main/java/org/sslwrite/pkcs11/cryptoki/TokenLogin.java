package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.Structure;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.timeout.Deadline;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Arrays;

/** Logs the user in, if that is needed, with one try. */
final class TokenLogin {
    private static final long CKU_USER = 1;
    private static final long CKS_RO_USER_FUNCTIONS = 1;
    private static final long CKS_RW_USER_FUNCTIONS = 3;

    private final CryptokiToken token;
    private final LoginPin pin;

    TokenLogin(CryptokiToken token, LoginPin pin) {
        this.token = token;
        this.pin = pin;
    }

    /** A share in the login; null if the token is used without one. */
    Logins.@Nullable Lease run() throws TokenException {
        if (!token.info().isLoginRequired()) {
            return null;
        }
        Logins.Lease shared = joinIfLoggedIn();
        if (shared != null) {
            return shared;
        }
        // A person may take long to enter it: not within the deadline.
        try (Pin entered = pin.ask()) {
            if (entered != null) {
                return token.call("C_Login", () -> join(entered.utf8()), this::leave);
            }
        }
        return token.info().has(TokenInfo.CKF_PROTECTED_AUTHENTICATION_PATH) ? atKeypad() : null;
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
            lease.leave(token.objects()::logout);
        }
    }

    private boolean isLoggedIn() throws CryptokiException {
        return token.objects().call("C_GetSessionInfo", this::isLoggedIn);
    }

    private boolean isLoggedIn(long session) throws CryptokiException {
        TokenSessions sessions = token.sessions();
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.SESSION_INFO);
            long rv = sessions.functions().C_GetSessionInfo(session, info.address());
            sessions.check("C_GetSessionInfo", rv);
            long state = info.ulong("state");
            return state == CKS_RO_USER_FUNCTIONS || state == CKS_RW_USER_FUNCTIONS;
        }
    }

    /** The call lasts until a person has entered the PIN at the device: no deadline either. */
    private Logins.Lease atKeypad() throws TokenException {
        try {
            return Deadline.call(Duration.ZERO, "C_Login", () -> join(new byte[0]));
        } catch (CryptokiException e) {
            token.failed(e);
            throw e;
        }
    }

    /**
     * @param utf8 the PIN, wiped here
     */
    private Logins.Lease join(byte[] utf8) throws TokenException {
        try {
            return token.module().logins().join(token.slot(), () -> login(utf8));
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private boolean login(byte[] utf8) throws TokenException {
        return token.objects()
                .call("C_Login", session -> pin.login(token, session, CKU_USER, utf8));
    }
}
