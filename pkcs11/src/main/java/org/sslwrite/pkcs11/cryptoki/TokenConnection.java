package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.key.KeyCertificates;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A token through the C API, opened when it is first needed and opened anew after it has failed.
 * Safe for use by several threads. The PIN is asked for once, kept until {@link #close}, and never
 * tried again after the token refused it.
 *
 * <p>If the configuration has a callTimeout, opening, taking and destroying keys, and signing take
 * no longer: see {@link Deadline}. Encryption and MACs run on the caller's thread; {@link
 * DeadlineWorker} is for those.
 */
public final class TokenConnection implements AutoCloseable {
    /** One keeps the keys, one encrypts; where there is only one, it does both. */
    private static final int SESSIONS_NEEDED = 2;

    private final TokenConfig config;
    private final LoginPin pin;
    private final SessionBudget budget;

    /** Never held during a call to the token. */
    private final Object lock = new Object();

    private volatile @Nullable CryptokiModule module;
    private volatile @Nullable CryptokiToken current;

    /** Those that may have something in the token still, the oldest first. */
    private final List<CryptokiToken> incarnations = new ArrayList<>();

    /** The attempt to open the token that is under way. */
    private @Nullable CompletableFuture<CryptokiToken> opening;

    /** Why the last attempt failed, if some call of it did not return in time. */
    private @Nullable NoAnswerException unanswered;

    /** Whether the last attempt failed. */
    private volatile boolean hasFailed;

    /** Keys whose certificates were just read: they may be asked for next. */
    private final Map<KeySelector, PrivateKeyHandle> recent = new ConcurrentHashMap<>();

    private boolean closed;

    /** Opens nothing yet. */
    public TokenConnection(TokenConfig config) {
        this(config, null);
    }

    /** As above, over a module that is loaded already. */
    public TokenConnection(TokenConfig config, @Nullable CryptokiModule module) {
        this.config = config;
        this.module = module;
        this.pin = new LoginPin(config);
        this.budget = new SessionBudget(config);
    }

    /**
     * The present incarnation; opens one if there is none that works. One thread opens; others wait
     * for it, each as long as a call may take, and share its failure.
     *
     * @throws NoAnswerException also at once, while a call of an earlier attempt has not returned
     */
    public CryptokiToken token() throws TokenException {
        CryptokiToken token = current;
        if (token != null && !token.isCondemned()) {
            return token;
        }
        CompletableFuture<CryptokiToken> attempt;
        synchronized (lock) {
            token = current;
            if (token != null && !token.isCondemned()) {
                return token;
            }
            requireOpenable();
            attempt = opening;
            if (attempt == null) {
                opening = new CompletableFuture<>();
            }
        }
        return attempt == null ? open() : await(attempt);
    }

    private void requireOpenable() throws TokenException {
        requireOpen();
        pin.requireNotRefused();
        if (unanswered != null && unanswered.isUnderWay()) {
            throw unanswered.again();
        }
    }

    private void requireOpen() throws TokenException {
        if (closed) {
            throw new TokenException(config.name() + ": the connection to it was closed");
        }
    }

    private CryptokiToken open() throws TokenException {
        try {
            CryptokiToken token = openNext();
            succeeded(token);
            return token;
        } catch (Throwable e) {
            failed(e);
            throw e;
        }
    }

    private CryptokiToken openNext() throws TokenException {
        CryptokiToken old = current;
        if (old != null) {
            old.retire();
        }
        makeRoom();
        CryptokiModule loaded = loadedModule();
        int generation = loaded.generation();
        boolean mayHaveChanged = loaded.isInitialized();
        try {
            return CryptokiToken.open(loaded, config, pin, budget);
        } catch (TokenException e) {
            boolean mayBeNew = mayHaveChanged && e instanceof AbsentTokenException;
            boolean mayHelp = mayBeNew || mayBeModuleLost(e);
            if (!mayHelp || !isInitializedAnew(loaded, generation)) {
                throw mayBeNew ? withHint(e) : e;
            }
        }
        return CryptokiToken.open(loaded, config, pin, budget);
    }

    /** SoftHSM, for one, looks for tokens that other processes make in C_Initialize only. */
    private static TokenException withHint(TokenException e) {
        return new TokenException(
                e.getMessage()
                        + "; if it was made just now, this module may show it only when no other"
                        + " token of it is in use here, or after a restart",
                e);
    }

    /** One failure may pass; and a token that was never there cannot be lost. */
    private boolean mayBeModuleLost(TokenException e) {
        return e instanceof CryptokiException failure
                && Ckr.condemns(failure.rv())
                && (current != null || hasFailed);
    }

    private boolean isInitializedAnew(CryptokiModule loaded, int generation) throws TokenException {
        Duration timeout = config.callTimeout();
        return Deadline.call(
                timeout,
                config.name() + ": initialising its module again",
                () -> loaded.initializeAnew(generation, timeout.dividedBy(2)));
    }

    /** What goes on in incarnations that failed must not keep the next one out. */
    private void makeRoom() {
        List<CryptokiToken> failed;
        synchronized (lock) {
            failed = List.copyOf(incarnations);
        }
        for (CryptokiToken old : failed) {
            if (budget.left() < SESSIONS_NEEDED) {
                old.close();
            }
        }
    }

    private CryptokiModule loadedModule() throws TokenException {
        CryptokiModule loaded = module;
        if (loaded == null) {
            loaded =
                    Deadline.call(
                            config.callTimeout(),
                            config.name() + ": loading " + config.module(),
                            () -> CryptokiModule.loaded(config));
            module = loaded;
        }
        return loaded;
    }

    private void succeeded(CryptokiToken token) throws TokenException {
        synchronized (lock) {
            hasFailed = false;
            if (!closed) {
                current = token;
                incarnations.removeIf(CryptokiToken::isReleased);
                incarnations.add(token);
                ended().complete(token);
                return;
            }
        }
        token.close();
        throw new TokenException(config.name() + ": the connection to it was closed");
    }

    private void failed(Throwable failure) {
        synchronized (lock) {
            hasFailed = true;
            unanswered = failure instanceof NoAnswerException e ? e : null;
            ended().completeExceptionally(failure);
        }
    }

    private CompletableFuture<CryptokiToken> ended() {
        CompletableFuture<CryptokiToken> attempt = Objects.requireNonNull(opening);
        opening = null;
        return attempt;
    }

    private CryptokiToken await(CompletableFuture<CryptokiToken> attempt) throws TokenException {
        try {
            return Deadline.await(
                    attempt.copy(), config.callTimeout(), config.name() + ": opening it");
        } catch (TokenException e) {
            throw again(e);
        }
    }

    /** The same failure for one more thread: exceptions are not shared, for threads change them. */
    private static TokenException again(TokenException e) {
        return switch (e) {
            case CryptokiException failure -> failure.again();
            case NoAnswerException failure -> failure.again();
            default -> new TokenException(e.getMessage(), e);
        };
    }

    /** How many threads wait for another one to open the token, or so; for tests. */
    int waiting() {
        synchronized (lock) {
            return opening == null ? 0 : opening.getNumberOfDependents();
        }
    }

    /**
     * Works in the present incarnation and, if that turns out to be dead, once more in the next
     * one: sessions that died while nobody used the token cost nobody a handshake. A token that
     * does not answer is not asked again.
     */
    public <T> T with(TokenWork<T> work) throws TokenException {
        CryptokiToken token = token();
        try {
            return work.in(token);
        } catch (NoAnswerException e) {
            throw e;
        } catch (TokenException e) {
            if (!token.isCondemned()) {
                throw e;
            }
        }
        return work.in(token());
    }

    /**
     * A handle to a private key in the token, which survives that the token is opened anew.
     *
     * @throws TokenException if there is none, or more than one; says which keys there are
     */
    public TokenPrivateKey privateKey(KeySelector selector) throws TokenException {
        PrivateKeyHandle key = with(token -> recent(token, selector));
        return new TokenPrivateKey(
                key.algorithm(),
                config.name() + ": " + selector,
                new PrivateKeySigner(this, selector, key));
    }

    /**
     * The certificates in the token that go with the key: the leaf, which has its public key, then
     * its issuers as far as the token has them. Of several that have the same key, those with the
     * private key's CKA_ID count first, then those that are valid now, then the newest.
     *
     * @throws TokenException if there is no such key or leaf
     */
    public List<X509Certificate> certificates(KeySelector selector) throws TokenException {
        return keyCertificates(selector).chain();
    }

    /** As above, with what else has the key's CKA_ID. */
    public KeyCertificates keyCertificates(KeySelector selector) throws TokenException {
        return with(
                token -> {
                    PrivateKeyHandle key = token.privateKey(selector);
                    PrivateKeySigner signer = new PrivateKeySigner(this, selector, key);
                    KeyCertificates found =
                            new CertificateChain(key, token.certificates(key), signer).of();
                    recent.put(selector, key);
                    return found;
                });
    }

    /**
     * Whether the token wants the PIN for each signature by the key (CKA_ALWAYS_AUTHENTICATE).
     *
     * @throws TokenException if there is no such key, or more than one
     */
    public boolean wantsPinForEachSignature(KeySelector selector) throws TokenException {
        return with(token -> recent(token, selector).alwaysAuthenticate());
    }

    private PrivateKeyHandle recent(CryptokiToken token, KeySelector selector)
            throws TokenException {
        PrivateKeyHandle found = recent.remove(selector);
        return found != null && found.token() == token ? found : token.privateKey(selector);
    }

    /** The PIN for a key that wants it each time. */
    Pin pinForOneSignature() throws TokenException {
        synchronized (lock) {
            requireOpen();
        }
        Pin entered = pin.ask();
        if (entered == null) {
            throw new TokenException(
                    config.name()
                            + ": the key wants the PIN for each signature"
                            + " (CKA_ALWAYS_AUTHENTICATE); configure a PIN source");
        }
        return entered;
    }

    /**
     * Destroys our objects and closes our sessions, also those of incarnations that failed; wipes
     * the PIN. Never throws, and waits for nobody who enters a PIN.
     */
    @Override
    public void close() {
        List<CryptokiToken> open;
        synchronized (lock) {
            closed = true;
            current = null;
            open = List.copyOf(incarnations);
            incarnations.clear();
            if (opening != null) {
                opening.completeExceptionally(
                        new TokenException(config.name() + ": the connection to it was closed"));
            }
        }
        open.forEach(CryptokiToken::close);
        pin.close();
    }
}
