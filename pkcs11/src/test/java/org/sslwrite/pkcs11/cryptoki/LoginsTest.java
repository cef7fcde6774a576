package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.sslwrite.pkcs11.TokenException;

class LoginsTest {
    private final Logins logins = new Logins();
    private int logouts;

    private void logout() {
        logouts++;
    }

    @Test
    void theLastOneLogsOut() throws Exception {
        Logins.Lease first = logins.join(1, () -> true);
        Logins.Lease second = logins.join(1, () -> false);
        first.leave(this::logout);
        assertEquals(0, logouts);
        second.leave(this::logout);
        assertEquals(1, logouts);
    }

    @Test
    void leavingTwiceCountsOnce() throws Exception {
        Logins.Lease first = logins.join(1, () -> true);
        Logins.Lease second = logins.join(1, () -> false);
        first.leave(this::logout);
        first.leave(this::logout);
        assertEquals(0, logouts);
        second.leave(this::logout);
        second.leave(this::logout);
        assertEquals(1, logouts);
    }

    @Test
    void aLoginOfOthersIsLeftAlone() throws Exception {
        logins.join(1, () -> false).leave(this::logout);
        assertEquals(0, logouts);
    }

    @Test
    void whoIsLoggedInAlreadySharesTheLogin() throws Exception {
        assertNull(logins.joinIfLoggedIn(1, () -> false));
        Logins.Lease first = logins.join(1, () -> true);
        Logins.Lease second = logins.joinIfLoggedIn(1, () -> true);
        first.leave(this::logout);
        assertEquals(0, logouts);
        second.leave(this::logout);
        assertEquals(1, logouts);
    }

    @Test
    void slotsAreApart() throws Exception {
        Logins.Lease first = logins.join(1, () -> true);
        logins.join(2, () -> true);
        first.leave(this::logout);
        assertEquals(1, logouts);
    }

    @Test
    void aFailedLoginHoldsNothing() throws Exception {
        Logins.Login failing =
                () -> {
                    throw new TokenException("no");
                };
        assertThrows(TokenException.class, () -> logins.join(1, failing));
        logins.join(1, () -> true).leave(this::logout);
        assertEquals(1, logouts);
    }

    @Test
    void leasesFromBeforeFinalizeLogNobodyOut() throws Exception {
        Logins.Lease old = logins.join(1, () -> true);
        logins.forget();
        Logins.Lease now = logins.join(1, () -> true);
        old.leave(this::logout);
        assertEquals(0, logouts);
        now.leave(this::logout);
        assertEquals(1, logouts);
    }
}
