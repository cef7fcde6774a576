package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeptPin;
import org.sslwrite.pkcs11.Pin;
import org.sslwrite.pkcs11.PinSource;
import org.sslwrite.pkcs11.TokenConfig;
import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The PIN of one connection, for all its incarnations: asked for once, kept until it is closed, and
 * never tried again after the token refused it, for tokens lock. Safe for use by several threads.
 */
final class ConnectionPin implements AutoCloseable {
    private final TokenConfig config;
    private final KeptPin kept;

    /** Held while a person is asked, so nobody waits for it without limit. */
    private final ReentrantLock asking = new ReentrantLock();

    private volatile @Nullable CryptokiException refusal;
    private volatile boolean closed;

    ConnectionPin(TokenConfig config) {
        this.config = config;
        this.kept = PinSource.remembering(config.pin());
    }

    void requireNotRefused() throws CryptokiException {
        CryptokiException refused = refusal;
        if (refused != null) {
            throw refused.again();
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
            throws CryptokiException {
        requireNotRefused();
        requireAwaited(token);
        long rv = call(token, session, userType, utf8);
        if (rv == Ckr.CKR_OK || rv == Ckr.CKR_USER_ALREADY_LOGGED_IN) {
            return rv == Ckr.CKR_OK;
        }
        CryptokiException failure = new CryptokiException(token.name(), "C_Login", rv);
        if (Ckr.refusesLogin(rv)) {
            refusal = failure; // at once: what more there is to say needs another call
            failure = new CryptokiException(token.name(), "C_Login", rv, advice(token, rv));
            refusal = failure;
        }
        throw failure;
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

    private static String advice(CryptokiToken token, long rv) {
        return switch ((int) rv) {
            case (int) Ckr.CKR_PIN_LOCKED ->
                    "too many wrong PINs; the security officer must set a new one";
            case (int) Ckr.CKR_USER_PIN_NOT_INITIALIZED ->
                    "the security officer must set the user's PIN first";
            default ->
                    "the PIN is not tried a second time, for tokens lock; correct it and start"
                            + " again"
                            + triesLeft(token);
        };
    }

    private static String triesLeft(CryptokiToken token) {
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

    /** Wipes it. Waits for nobody. */
    @Override
    public void close() {
        closed = true;
        wipe();
    }
}
