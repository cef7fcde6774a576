package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.event.OffloadFallbackEvent;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.BreakerState;
import org.sslwrite.seal.chain.Breaker;
import org.sslwrite.seal.chain.SealerListener;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Hears of every engine that fails: keeps count, tells the log and the flight recorder, and opens
 * and closes the breaker of the one that is guarded. Safe for use by several threads.
 */
final class OffloadMonitor implements SealerListener {
    private static final Logger LOG = System.getLogger("org.sslwrite");
    private static final int KEPT = 16;

    private final @Nullable String guarded;
    private final @Nullable Breaker breaker;
    private final Deque<SslFallback> latest = new ArrayDeque<>();
    private long count;

    /**
     * @param guarded the engine that the breaker keeps new epochs away from; null if none
     */
    OffloadMonitor(@Nullable String guarded, @Nullable Breaker breaker) {
        this.guarded = guarded;
        this.breaker = breaker;
    }

    @Override
    public void sealed(String engine) {
        if (breaker != null && engine.equals(guarded) && breaker.succeeded()) {
            LOG.log(Level.INFO, "{0} seals again; its breaker is closed", engine);
        }
    }

    /**
     * A context is made in which software has to seal what the engine cannot.
     *
     * @param all whether that is every suite of the version
     */
    void cannotSeal(String engine, TlsVersion version, boolean all, String reason) {
        LOG.log(
                all ? Level.WARNING : Level.INFO,
                "{0} cannot seal {1}, so software does: {2}",
                engine,
                all ? version : "every suite of " + version,
                reason);
    }

    /** A context is made with a key that has some signatures of the version, not all. */
    static void cannotSignAll(String key, TlsVersion version, String reasons) {
        LOG.log(Level.INFO, "{0} cannot make every signature of {1}: {2}", key, version, reasons);
    }

    /** A context is made without a version, for no key can sign in it. */
    static void leavesOut(String explanation) {
        LOG.log(Level.WARNING, "{0}", explanation);
    }

    @Override
    public void signedWrongly(PrivateKey key) {
        String signer = key instanceof TokenPrivateKey ? key.toString() : "the private key";
        failed(signer, null, "its signature is wrong: its public key does not verify it");
    }

    /** A key of the token is named after it: "TOKEN: key …". */
    private boolean isGuarded(String engine) {
        return guarded != null && (engine.equals(guarded) || engine.startsWith(guarded + ": "));
    }

    @Override
    public void failed(String engine, @Nullable String successor, String reason) {
        remember(new SslFallback(Instant.now(), engine, successor, reason));
        OffloadFallbackEvent event = new OffloadFallbackEvent();
        event.engine = engine;
        event.successor = successor;
        event.reason = reason;
        event.commit();
        LOG.log(Level.WARNING, "{0} failed, {1}: {2}", engine, goesOn(engine, successor), reason);
        if (breaker != null && isGuarded(engine) && breaker.failed(reason)) {
            LOG.log(
                    Level.WARNING,
                    "new keys keep away from {0}: {1}",
                    guarded,
                    breaker.explanation());
        }
    }

    private static String goesOn(String engine, @Nullable String successor) {
        if (successor == null) {
            return "nothing takes over";
        }
        return successor.equals(engine) ? "and was given the key again" : successor + " takes over";
    }

    private synchronized void remember(SslFallback fallback) {
        count++;
        if (latest.size() == KEPT) {
            latest.removeFirst();
        }
        latest.addLast(fallback);
    }

    synchronized long count() {
        return count;
    }

    synchronized List<SslFallback> latest() {
        return List.copyOf(latest);
    }

    @Nullable BreakerState breakerState() {
        return breaker == null ? null : breaker.state();
    }
}
