package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.token.SelfTest.Verdict;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What known answers have shown that a token can do. Each question is put to a token once in a
 * process, as long as its module, model and firmware stay the same and it is used in the same way.
 * Safe for use by several threads.
 */
final class Abilities {
    private static final int MAX_AT_ONCE = 4;

    /** By module; what was found may not keep a module alive. */
    private static final Map<CryptokiModule, Map<Question, Verdict>> LASTING =
            Collections.synchronizedMap(new WeakHashMap<>());

    /**
     * All that an answer depends on.
     *
     * @param token which one, with its firmware
     */
    private record Question(
            String token,
            TokenRoute engine,
            boolean privateKeys,
            boolean messages,
            int maxFragment,
            Primitive primitive) {}

    private final TokenConfig config;
    private final TokenKeys keys;

    /** What may be otherwise for the next one who opens the token. */
    private final Map<Question, Verdict> passing = new ConcurrentHashMap<>();

    private final ReentrantLock learning = new ReentrantLock();

    /** The one that was open last. */
    private volatile @Nullable CryptokiToken token;

    Abilities(TokenConfig config, TokenKeys keys) {
        this.config = config;
        this.keys = keys;
    }

    /** Opens the token unless it is open. */
    void open() throws TokenException {
        token = keys.open();
    }

    /** What is known of a suite without asking the token; null if something is missing. */
    @Nullable SuiteVerdict known(CipherSuite suite) {
        List<Verdict> found = new ArrayList<>();
        for (Primitive primitive : Primitive.of(suite)) {
            Verdict verdict = known(primitive);
            if (verdict == null) {
                return null;
            }
            found.add(verdict);
        }
        return SuiteVerdict.of(suite, found, config);
    }

    /**
     * What the token can do for a suite; finds it out if it isn't known.
     *
     * @throws TokenException if that cannot be told now
     */
    SuiteVerdict of(CipherSuite suite) throws TokenException {
        List<Verdict> found = new ArrayList<>();
        for (Primitive primitive : Primitive.of(suite)) {
            found.add(of(primitive));
        }
        return SuiteVerdict.of(suite, found, config);
    }

    private Verdict of(Primitive primitive) throws TokenException {
        Verdict known = known(primitive);
        if (known != null) {
            return known;
        }
        Verdict found =
                SelfTest.run(
                        config.name(), keys, primitive, config.maxFragment(), config.callTimeout());
        remember(primitive, found);
        return found;
    }

    /**
     * Finds out all that these suites need, as much at once as the token has sessions for. Who
     * comes meanwhile waits for the answers.
     */
    void learn(Collection<CipherSuite> suites) {
        learning.lock();
        try {
            learnUnknown(suites);
        } finally {
            learning.unlock();
        }
    }

    private void learnUnknown(Collection<CipherSuite> suites) {
        Set<Primitive> unknown = new LinkedHashSet<>();
        for (CipherSuite suite : suites) {
            unknown.addAll(Primitive.of(suite));
        }
        unknown.removeIf(primitive -> known(primitive) != null);
        CryptokiToken open = token;
        if (unknown.isEmpty() || open == null) {
            return;
        }
        // Not on the caller's thread, which may be a virtual one, that calls would pin.
        try (ExecutorService threads =
                Executors.newFixedThreadPool(
                        Math.min(unknown.size(), atOnce(open)),
                        Thread.ofPlatform().daemon().name("token-trial-", 0).factory())) {
            unknown.forEach(primitive -> threads.execute(() -> learn(primitive)));
        }
    }

    private void learn(Primitive primitive) {
        try {
            of(primitive);
        } catch (TokenException | RuntimeException e) {
            // It cannot be told now: it is asked again before it is used.
            return;
        }
    }

    /** Sessions beside the one for keys, of which others may need some. */
    private int atOnce(CryptokiToken open) {
        int wanted = config.maxSessions() == 0 ? Integer.MAX_VALUE : config.maxSessions();
        int sessions = Math.min(wanted, open.info().maxSessions());
        return Math.clamp((sessions - 1) / 2, 1, MAX_AT_ONCE);
    }

    private @Nullable Verdict known(Primitive primitive) {
        CryptokiToken open = token;
        if (open == null) {
            return null;
        }
        Question question = question(open, primitive);
        Verdict known = lasting(open).get(question);
        return known == null ? passing.get(question) : known;
    }

    private void remember(Primitive primitive, Verdict verdict) {
        CryptokiToken open = token;
        if (open != null) {
            (verdict.isLasting() ? lasting(open) : passing).put(question(open, primitive), verdict);
        }
    }

    private static Map<Question, Verdict> lasting(CryptokiToken open) {
        return LASTING.computeIfAbsent(open.module(), module -> new ConcurrentHashMap<>());
    }

    private Question question(CryptokiToken open, Primitive primitive) {
        return new Question(
                open.info().identity(),
                config.engine(),
                config.privateTrafficKeys(),
                config.messageEncryption(),
                config.maxFragment(),
                primitive);
    }
}
