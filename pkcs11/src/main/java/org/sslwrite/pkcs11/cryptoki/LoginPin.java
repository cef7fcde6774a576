package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.NativePin;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.pin.CachedPin;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.timeout.NoAnswerException;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The PIN of one connection, for all its incarnations: asked for once, kept until it is closed, and
 * never tried again after the token refused it, for tokens lock. After another failure of C_Login
 * it is tried again, but not at once, and ever more seldom: a token might count that too. Safe for
 * use by several threads.
 */
final class LoginPin implements AutoCloseable {
    private final TokenConfig config;
    private final CachedPin kept;

    /** Held while a person is asked, so nobody waits for it without limit. */
    private final ReentrantLock asking = new ReentrantLock();

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Flags of a token that has counted a wrong PIN. */
    private static final long COUNTING =
            TokenInfo.CKF_USER_PIN_COUNT_LOW
                    | TokenInfo.CKF_USER_PIN_FINAL_TRY
                    | TokenInfo.CKF_USER_PIN_LOCKED;

    /**
     * Why the PIN is not tried now.
     *
     * @param until nanoTime from which on it may be; without meaning if it is refused
     */
    private record Failure(CryptokiException cause, boolean isRefusal, long pause, long until) {
        boolean isOver() {
            return !isRefusal && System.nanoTime() - until >= 0;
        }
    }

    private volatile @Nullable Failure failure;
    private volatile boolean closed;

    LoginPin(TokenConfig config) {
        this.config = config;
        this.kept = PinSource.remembering(config.pin());
    }

    void requireNotRefused() throws CryptokiException {
        Failure latest = failure;
        if (latest != null && !latest.isOver()) {
            throw latest.cause.again();
        }
    }

    /** The PIN; null for none. Asks for it on this thread, within no deadline. */
    @Nullable Pin ask() throws TokenException {
        requireNotRefused();
        lock();
        try {
            return kept.pin(config.name());
        } finally {
            asking.unlock();
            if (closed) {
                wipe();
            }
        }
    }

    private void lock() throws TokenException {
        long nanos = config.isCallTimeoutChosen() ? config.callTimeout().toNanos() : 0;
        try {
            if (nanos == 0) {
                asking.lockInterruptibly();
            } else if (!asking.tryLock(nanos, TimeUnit.NANOSECONDS)) {
                throw new NoAnswerException(
                        config.name() + ": another thread asks for the PIN", config.callTimeout());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenException(
                    config.name() + ": interrupted while another thread asked for the PIN", e);
        }
    }

    /** Whoever is asking wipes what comes of it. */
    private void wipe() {
        if (asking.tryLock()) {
            try {
                kept.close();
            } finally {
                asking.unlock();
            }
        }
    }

    /**
     * C_Login in a session. Only one call of a process is under way in a slot: until the answer is
     * known nobody else tries, and a refusal is known before anybody could.
     *
     * @param utf8 the PIN; empty for none
     * @return false if the process was logged in before
     */
    boolean login(CryptokiToken token, long session, long userType, byte[] utf8)
            throws TokenException {
        return token.module()
                .logins()
                .alone(token.slot(), () -> loginAlone(token, session, userType, utf8));
    }

    private boolean loginAlone(CryptokiToken token, long session, long userType, byte[] utf8)
            throws TokenException {
        requireNotRefused();
        requireAwaited(token);
        if (utf8.length > 0) {
            LoginAdvice.requireLength(token, utf8);
        }
        Failure before = failure;
        long rv = call(token, session, userType, utf8);
        if (rv == Ckr.CKR_OK || rv == Ckr.CKR_USER_ALREADY_LOGGED_IN) {
            failure = null;
            return rv == Ckr.CKR_OK;
        }
        CryptokiException plain = new CryptokiException(token.name(), "C_Login", rv);
        if (Ckr.condemns(rv) && !Ckr.saysNothing(rv)) {
            throw plain; // the PIN was not looked at
        }
        refuse(plain); // at once: what more there is to say needs another call
        long flags = flagsNow(token);
        boolean isRefusal = Ckr.refusesPin(rv) || (flags & ~token.info().flags() & COUNTING) != 0;
        CryptokiException told =
                new CryptokiException(
                        token.name(),
                        "C_Login",
                        rv,
                        LoginAdvice.of(token.info(), rv, isRefusal, flags));
        if (isRefusal) {
            refuse(told);
        } else {
            pause(told, before);
        }
        throw told;
    }

    private void refuse(CryptokiException cause) {
        failure = new Failure(cause, true, 0, 0);
    }

    private void pause(CryptokiException cause, @Nullable Failure before) {
        long pause =
                before == null
                        ? FIRST_PAUSE_NANOS
                        : Math.min(2 * before.pause, LONGEST_PAUSE_NANOS);
        failure = new Failure(cause, false, pause, System.nanoTime() + pause);
    }

    /** Whoever waited here may have been given up; the session may be another's by now. */
    private static void requireAwaited(CryptokiToken token) throws CryptokiException {
        if (token.isCondemned()) {
            throw token.sessions()
                    .failure("C_Login", Ckr.CKR_SESSION_CLOSED, "the token has failed meanwhile");
        }
    }

    private static long call(CryptokiToken token, long session, long userType, byte[] utf8) {
        try (Arena arena = Arena.ofConfined();
                NativePin pin = new NativePin(arena, utf8)) {
            long address = utf8.length == 0 ? 0 : pin.address();
            return token.sessions().functions().C_Login(session, userType, address, pin.length());
        }
    }

    /** 0 if the token does not tell. */
    private static long flagsNow(CryptokiToken token) {
        try {
            return token.module().tokenInfo(token.slot()).flags();
        } catch (TokenException e) {
            return 0;
        }
    }

    /** Wipes it. Waits for nobody. */
    @Override
    public void close() {
        closed = true;
        wipe();
    }
}
