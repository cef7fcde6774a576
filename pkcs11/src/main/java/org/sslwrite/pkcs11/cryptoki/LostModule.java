package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.time.Duration;

/**
 * When a module that has lost its token may be finalized and initialised again, which some modules
 * need after what they talk to has started anew. Nobody else's work may end with it, so it is not
 * done while a session of ours still works, nor where other code in this process may use the module
 * too. Only one thread at a time, but for {@link #share}.
 */
final class LostModule {
    /** From one attempt to the next: short beside what a person or a load balancer notices. */
    private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    /** All calls to the module wait meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final String SUN_PKCS11 = "sun.security.pkcs11.SunPKCS11";
    private static final String USING_LIBRARY = " using library ";

    private final CryptokiFunctions functions;
    private final HandleRegistry claims;
    private final @Nullable Path library;
    private volatile boolean isShared;
    private boolean wasTried;
    private long triedAt;
    private @Nullable CryptokiException failure;

    /** A session was asked whether it lives, and had not answered in time. */
    private @Nullable NoAnswerException unanswered;

    /**
     * @param library null for a module that only a test has
     */
    LostModule(CryptokiFunctions functions, HandleRegistry claims, @Nullable Path library) {
        this.functions = functions;
        this.claims = claims;
        this.library = library;
    }

    /** A provider of the JDK uses the module too, whose calls nobody counts, from now on. */
    void share() {
        isShared = true;
    }

    /** Whether it may be looked at now; from then on not for a while. */
    boolean mayBeTried() {
        if (isPausing() || isAskedStill() || isSharedWithTheJdk()) {
            return false;
        }
        wasTried = true;
        triedAt = System.nanoTime();
        return true;
    }

    private boolean isAskedStill() {
        return unanswered != null && unanswered.isUnderWay();
    }

    private boolean isPausing() {
        return wasTried && System.nanoTime() - triedAt < PAUSE_NANOS;
    }

    /**
     * SunPKCS11 takes a module as it is if others have initialised it, and never says so. A
     * description of its user's own does not tell the library: then it may be this one.
     */
    private boolean isSharedWithTheJdk() {
        if (isShared) {
            return true;
        }
        for (Provider provider : Security.getProviders()) {
            if (provider.getClass().getName().equals(SUN_PKCS11) && provider.isConfigured()) {
                String info = provider.getInfo();
                if (mayBeOf(info, library)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether a provider of this description may use the library, which it may know by a link.
     *
     * @param library null for one that no provider knows
     */
    static boolean mayBeOf(String info, @Nullable Path library) {
        int at = info.indexOf(USING_LIBRARY);
        if (at < 0) {
            return true;
        }
        if (library == null) {
            return false;
        }
        String named = info.substring(at + USING_LIBRARY.length());
        try {
            return Path.of(named).toRealPath().equals(library.toRealPath());
        } catch (IOException | InvalidPathException e) {
            return true;
        }
    }

    /**
     * Whether any session of ours works still. Some modules know their sessions without the token,
     * so it must have done something in one. No other call may be in a session meanwhile. One that
     * does not answer in time lives; until it does nothing is tried again, for a call is under way.
     */
    boolean isAnySessionAlive() {
        try {
            return Deadline.call(PATIENCE, "C_GenerateRandom", this::answersInAnySession);
        } catch (NoAnswerException e) {
            unanswered = e;
            return true;
        } catch (TokenException e) {
            return true;
        }
    }

    private boolean answersInAnySession() {
        try (Arena arena = Arena.ofConfined()) {
            long random = arena.allocate(Long.BYTES).address();
            for (long session : claims.oneSessionEach()) {
                if (!Ckr.condemns(functions.C_GenerateRandom(session, random, Long.BYTES))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The module could not be initialised again; it is not tried again for a while. */
    CryptokiException failed(CryptokiException e) {
        wasTried = true;
        triedAt = System.nanoTime();
        failure = e;
        return e;
    }

    /** The module is initialised. */
    void succeeded() {
        failure = null;
    }

    /** Throws what it failed of a moment ago, if it did. */
    void requireNotJustFailed() throws CryptokiException {
        CryptokiException latest = failure;
        if (latest != null && isPausing()) {
            throw latest.again();
        }
    }
}
