package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.Pin;
import org.sslwrite.pkcs11.TokenConfig;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenPrivateKey;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A token through the C API, opened when it is first needed and opened anew after it has failed.
 * Safe for use by several threads.
 *
 * <p>If the configuration has a callTimeout, opening, taking and destroying keys, and signing take
 * no longer: see {@link Deadline}. Encryption and MACs run on the caller's thread; {@link
 * DeadlineWorker} is for those.
 */
public final class TokenConnection implements AutoCloseable {
    private final TokenConfig config;

    /** That came to an end. */
    private final AtomicLong attempts = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable CryptokiModule module;
    private volatile @Nullable CryptokiToken current;
    private @Nullable TokenException failure;
    private @Nullable TokenException pinRefusal;
    private boolean closed;

    /** Opens nothing yet. */
    public TokenConnection(TokenConfig config) {
        this(config, null);
    }

    /** As above, over a module that is loaded already. */
    public TokenConnection(TokenConfig config, @Nullable CryptokiModule module) {
        this.config = config;
        this.module = module;
    }

    /**
     * The present incarnation; opens one if there is none that works. One thread opens; others wait
     * for it and share its failure. A PIN that was refused is never tried again.
     */
    public CryptokiToken token() throws TokenException {
        CryptokiToken token = current;
        if (token != null && !token.isCondemned()) {
            return token;
        }
        long seen = attempts.get();
        lock.lock();
        try {
            token = current;
            if (token != null && !token.isCondemned()) {
                return token;
            }
            requireOpen();
            if (failure != null && attempts.get() != seen) {
                throw failure; // of an attempt that was made while this one waited
            }
            return reopen();
        } finally {
            lock.unlock();
        }
    }

    /** How many threads wait for another one to open the token, or so; for tests. */
    int waiting() {
        return lock.getQueueLength();
    }

    private void requireOpen() throws TokenException {
        if (closed) {
            throw new TokenException(config.name() + ": the connection to it was closed");
        }
        if (pinRefusal != null) {
            throw new TokenException(pinRefusal.getMessage(), pinRefusal);
        }
    }

    private CryptokiToken reopen() throws TokenException {
        CryptokiToken old = current;
        current = null;
        failure = null;
        try {
            if (old != null) {
                old.retire();
            }
            CryptokiToken token = CryptokiToken.open(loadedModule(), config);
            current = token;
            return token;
        } catch (CryptokiException e) {
            notePinRefusal(e);
            failure = e;
            throw e;
        } catch (TokenException e) {
            failure = e;
            throw e;
        } finally {
            attempts.incrementAndGet();
        }
    }

    private CryptokiModule loadedModule() throws TokenException {
        if (module == null) {
            module =
                    Deadline.call(
                            config.callTimeout(),
                            config.name() + ": loading " + config.module(),
                            () -> CryptokiModule.load(config.module(), config.libraryParameters()));
        }
        return module;
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
        PrivateKeyHandle key = with(token -> token.privateKey(selector));
        return new TokenPrivateKey(
                key.algorithm(),
                config.name() + ": " + selector,
                new PrivateKeySigner(this, selector, key));
    }

    /**
     * The certificates in the token that go with the key: the leaf, which has the private key's
     * CKA_ID, then its issuers as far as the token has them.
     *
     * @throws TokenException if there is no such key or leaf
     */
    public List<X509Certificate> certificates(KeySelector selector) throws TokenException {
        return with(token -> token.certificates(selector));
    }

    /** The PIN for a key that wants it each time. */
    Pin pinForOneSignature() throws TokenException {
        lock.lock();
        try {
            requireOpen();
        } finally {
            lock.unlock();
        }
        Pin pin = config.pin().pin(config.name());
        if (pin == null) {
            throw new TokenException(
                    config.name()
                            + ": the key wants the PIN for each signature"
                            + " (CKA_ALWAYS_AUTHENTICATE); configure a PIN source");
        }
        return pin;
    }

    /** Makes sure that a PIN that was refused is never tried again. */
    void notePinRefusal(CryptokiException e) {
        if (!e.function().equals("C_Login") || !Ckr.refusesPin(e.rv())) {
            return;
        }
        lock.lock();
        try {
            pinRefusal = e;
        } finally {
            lock.unlock();
        }
    }

    /** Destroys our objects and closes our sessions; never throws. */
    @Override
    public void close() {
        CryptokiToken token;
        lock.lock();
        try {
            closed = true;
            token = current;
            current = null;
        } finally {
            lock.unlock();
        }
        if (token != null) {
            token.close();
        }
    }
}
