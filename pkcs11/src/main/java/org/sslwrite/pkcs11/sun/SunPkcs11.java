package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.SunConfiguration;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.KeyCertificates;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.pin.CachedPin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;

import java.security.Provider;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A token through the JDK's SunPKCS11 provider, which is registered nowhere; opened when it is
 * first needed, and opened anew, with a new provider, after it has been condemned. Safe for use by
 * several threads.
 *
 * <p>SunPKCS11 knows neither labels nor serial numbers, and its login keeps no account of who else
 * in the process is logged in: so the slot is found and the login done through the C API ({@link
 * TokenConnection}), with which it shares both. The PIN is asked for once, kept until {@link
 * #close}, and never tried again after the token refused it.
 *
 * <p>Loading this class sets the system property {@code
 * sun.security.pkcs11.disableKeyExtraction=true} unless it is set: otherwise SunPKCS11 copies NSS
 * keys that may leave the token out of it and in again for each use. The JDK reads it once, when
 * the first key of the process is made. Keys that we import may not leave the token, so they are
 * safe from that either way.
 *
 * <h2>What {@link #close} cannot give back</h2>
 *
 * <p>A provider has no end: its pooled sessions (at most five idle ones, and those that hold keys)
 * are closed when it logs out, which happens only if nobody else in the process uses the login;
 * else, and for tokens without a login, after it has become unreachable, by the JDK's thread {@code
 * Cleanup-SunPKCS11}. Keys are destroyed in the token that way too, when they are garbage: within 2
 * seconds if the first SunPKCS11 provider of the process was one of these, else within 60. That
 * thread never ends, and it holds on to that first provider. Who needs an exact end, or a limit of
 * sessions ({@link TokenConfig#maxSessions}, which SunPKCS11 does not know), uses {@link
 * org.sslwrite.pkcs11.TokenRoute#CRYPTOKI}.
 */
public final class SunPkcs11 implements AutoCloseable {
    private static final String NO_EXTRACTION = "sun.security.pkcs11.disableKeyExtraction";

    static {
        if (System.getProperty(NO_EXTRACTION) == null) {
            System.setProperty(NO_EXTRACTION, "true");
        }
    }

    private final CachedPin pin;
    private final TokenConfig config;
    private final TokenConnection connection;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable SunProviderSession current;

    /** Certificates that were just found: the keys that go with them may be asked for next. */
    private final Map<KeySelector, KeyCertificates> recent = new ConcurrentHashMap<>();

    private boolean closed;

    /** Opens nothing yet. */
    public SunPkcs11(TokenConfig config) {
        this.pin = PinSource.remembering(config.pin());
        this.config = withPin(config, pin);
        this.connection = new TokenConnection(this.config);
        Thread.ofPlatform()
                .daemon()
                .name("sslwrite-sunpkcs11")
                .start(SunProviderSession::loadClasses);
    }

    private static TokenConfig withPin(TokenConfig config, PinSource pin) {
        try {
            return config.toBuilder().pin(pin).build();
        } catch (TokenConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e); // it was valid before
        }
    }

    /**
     * What {@code Provider.configure} of SunPKCS11 is given for a token in a slot.
     *
     * @throws TokenConfigException if SunPKCS11 cannot have it
     */
    public static String render(TokenConfig config, long slotId) throws TokenConfigException {
        return SunConfiguration.of(config, slotId, "sslwrite");
    }

    /**
     * The name of the return value of the C API (as in {@code CKR_DEVICE_ERROR}) that an exception
     * of SunPKCS11 or one of its causes tells of; null if none does.
     */
    public static @Nullable String returnValueIn(Throwable thrown) {
        return SunErrors.code(thrown);
    }

    /**
     * Whether an exception of SunPKCS11 shows that its provider is of no more use, and is to be
     * {@linkplain #condemn condemned}.
     */
    public static boolean isFatal(Throwable thrown) {
        return SunErrors.isFatal(thrown);
    }

    /**
     * Whether an exception of SunPKCS11 shows that the token cannot do what was asked, now or ever.
     */
    public static boolean isIncapability(Throwable thrown) {
        return SunErrors.isIncapability(thrown);
    }

    /** The present provider; finds the token, makes a provider and logs in if there is none. */
    public Provider provider() throws TokenException {
        return opening().provider();
    }

    /** What the present provider's token is reached by for all that SunPKCS11 does not do. */
    public CryptokiToken token() throws TokenException {
        return opening().token();
    }

    /**
     * Lets a provider whose token failed be used for nothing new; no other than the present one.
     * What was begun with it can go on.
     */
    public void condemn(Provider failed) {
        SunProviderSession opening = current;
        if (opening != null && opening.provider() == failed) {
            opening.condemn(
                    new TokenException(
                            name() + ": the SunPKCS11 provider " + failed.getName() + " failed"));
        }
    }

    /**
     * A handle to a private key in the token, which survives that the token is opened anew.
     *
     * @throws TokenException also if SunPKCS11 does not see the key: it must be stored in the
     *     token, and a certificate with the same CKA_ID besides; or if the token wants the PIN for
     *     each signature by the key
     */
    public TokenPrivateKey privateKey(KeySelector selector) throws TokenException {
        requireOneLogin(selector);
        String algorithm =
                withOpening(
                        "finding the " + selector,
                        opening -> key(opening, selector).key().getAlgorithm());
        return new TokenPrivateKey(
                algorithm, name() + ": " + selector, new SunSigner(this, selector));
    }

    /** SunPKCS11 logs in once, as CKU_USER; such a key wants CKU_CONTEXT_SPECIFIC each time. */
    private void requireOneLogin(KeySelector selector) throws TokenException {
        if (connection.wantsPinForEachSignature(selector)) {
            throw new TokenException(
                    name()
                            + ": the token wants the PIN for each signature by the "
                            + selector
                            + " (CKA_ALWAYS_AUTHENTICATE), which SunPKCS11 cannot give; use"
                            + " engine = cryptoki");
        }
    }

    /**
     * The certificates in the token that go with the key: the leaf, then its issuers. Meanwhile a
     * provider is made, which takes a call for each mechanism of the token.
     */
    public List<X509Certificate> certificates(KeySelector selector) throws TokenException {
        if (current == null) {
            Thread.ofPlatform().daemon().name("sslwrite-sunpkcs11").start(this::openAhead);
        }
        KeyCertificates found = connection.keyCertificates(selector);
        recent.put(selector, found);
        return found.chain();
    }

    /**
     * Logs out if nothing else of this process uses the token, forgets the PIN. Twice does no harm.
     */
    @Override
    public void close() {
        SunProviderSession opening;
        lock.lock();
        try {
            closed = true;
            opening = current;
            current = null;
        } finally {
            lock.unlock();
        }
        connection.close();
        if (opening != null) {
            close(opening); // after the connection, so that the provider is the one to log out
        }
        pin.close();
    }

    @Override
    public String toString() {
        return name() + " through SunPKCS11";
    }

    String name() {
        return config.name();
    }

    SunKey key(SunProviderSession opening, KeySelector selector) throws TokenException {
        return opening.key(selector, recent.remove(selector), connection);
    }

    /** Something that is done with a provider; done again with another if it turns out dead. */
    @FunctionalInterface
    interface Work<T> {
        T with(SunProviderSession opening) throws TokenException;
    }

    <T> T withOpening(String what, Work<T> work) throws TokenException {
        SunProviderSession opening = opening();
        try {
            return within(what, work, opening);
        } catch (TokenException e) {
            boolean hangs = e instanceof NoAnswerException;
            if (hangs || SunErrors.isFatal(e)) {
                opening.condemn(e);
            }
            if (hangs || !SunErrors.isFatal(e)) {
                throw e;
            }
        }
        return within(what, work, opening());
    }

    private <T> T within(String what, Work<T> work, SunProviderSession opening)
            throws TokenException {
        return Deadline.call(config.callTimeout(), name() + ": " + what, () -> work.with(opening));
    }

    private void openAhead() {
        try {
            opening();
        } catch (TokenException | RuntimeException e) {
            // Who needs the provider next tries again, and is told.
        }
    }

    private SunProviderSession opening() throws TokenException {
        SunProviderSession opening = current;
        if (opening != null && !opening.isCondemned()) {
            return opening;
        }
        // Not under the lock: those who wait for the token share what comes of it.
        CryptokiToken token = connection.token();
        lock.lock();
        try {
            opening = current;
            if (opening != null && !opening.isCondemned()) {
                return opening;
            }
            if (closed) {
                throw new TokenException(name() + ": was closed");
            }
            return replace(opening, token);
        } finally {
            lock.unlock();
        }
    }

    private SunProviderSession replace(@Nullable SunProviderSession old, CryptokiToken token)
            throws TokenException {
        SunProviderSession opening =
                Deadline.call(
                        config.callTimeout(),
                        name() + ": setting up SunPKCS11",
                        () -> SunProviderSession.of(config, token),
                        SunProviderSession::close);
        current = opening;
        if (old != null) {
            close(old); // only now: the login is never without a share
        }
        return opening;
    }

    /** A token that does not answer has nothing to give back. */
    private void close(SunProviderSession opening) {
        try {
            Deadline.call(
                    config.callTimeout(),
                    name() + ": closing it",
                    () -> {
                        opening.close();
                        return true;
                    });
        } catch (TokenException e) {
            opening.condemn(e);
        }
    }
}
