package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadLayout;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.timeout.Deadline;
import org.sslwrite.pkcs11.timeout.NoAnswerException;
import org.sslwrite.pkcs11.timeout.TokenCall;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * One incarnation of an open token: its slot, login, sessions and the session objects in them. When
 * it has failed it is condemned and never used for anything new. Safe for use by several threads.
 */
public final class CryptokiToken implements AutoCloseable {
    /** The kinds of key pair that {@link #generateKeyPair} makes. */
    public enum KeyPairKind {
        /** 2048 bits. */
        RSA_2048,
        /** NIST P-256. */
        EC_P256,
        /** NIST P-384. */
        EC_P384
    }

    private final TokenConfig config;
    private final LoginPin pin;
    private final CryptokiModule module;
    private final TokenInfo info;
    private final TokenSessions sessions;
    private final ObjectSession objects;
    private final KeyImport keys = new KeyImport(this);

    /** By mechanism: whether it is listed for signatures. */
    private final Map<Long, Boolean> signing = new ConcurrentHashMap<>();

    private Logins.@Nullable Lease login;
    private volatile @Nullable TokenException condemned;
    private volatile boolean unresponsive;

    private final Object life = new Object();
    private int operations;
    private boolean retired;
    private boolean released;

    private CryptokiToken(
            CryptokiModule module, TokenConfig config, LoginPin pin, SessionBudget budget)
            throws TokenException {
        this.config = config;
        this.pin = pin;
        this.module = module;
        this.sessions = new TokenSessions(module, config, budget);
        this.info = sessions.info();
        this.objects = new ObjectSession(sessions);
    }

    /**
     * Opens the token that the configuration means, and logs in if it wants a login.
     *
     * @throws TokenException if there is no such token, it refuses the PIN, or doesn't answer
     */
    public static CryptokiToken open(CryptokiModule module, TokenConfig config)
            throws TokenException {
        try (LoginPin pin = new LoginPin(config)) {
            return open(module, config, pin, new SessionBudget(config));
        }
    }

    static CryptokiToken open(
            CryptokiModule module, TokenConfig config, LoginPin pin, SessionBudget budget)
            throws TokenException {
        CryptokiToken token =
                Deadline.call(
                        config.callTimeout(),
                        config.name() + ": opening it",
                        () -> connect(module, config, pin, budget),
                        CryptokiToken::close);
        boolean done = false;
        try {
            token.login = new TokenLogin(token, pin).run();
            done = true;
            return token;
        } finally {
            if (!done) {
                token.close();
            }
        }
    }

    private static CryptokiToken connect(
            CryptokiModule module, TokenConfig config, LoginPin pin, SessionBudget budget)
            throws TokenException {
        Duration patience = config.callTimeout().dividedBy(2);
        module.initialize(patience);
        int generation = module.generation();
        try {
            return new CryptokiToken(module, config, pin, budget);
        } catch (TokenException e) {
            // It may have been initialised again, for the sake of another token, in the middle.
            if (!module.initializeAgain(patience) && module.generation() == generation) {
                throw e;
            }
            return new CryptokiToken(module, config, pin, budget);
        }
    }

    /** AES-GCM or ChaCha20-Poly1305 with a key of ours; CKM_AES_GCM, CKM_CHACHA20_POLY1305. */
    public AeadOperation aead(long mechanism, byte[] key) throws TokenException {
        if (AeadLayout.of(mechanism).isEmpty()) {
            throw new IllegalArgumentException(Ckm.name(mechanism) + " is no AEAD of TLS");
        }
        return operation(mechanism, () -> calls(mechanism, key));
    }

    /**
     * As {@link #aead}, but one call a record where there is a quicker way: AES-GCM through the
     * message interface, if the configuration allows it, known answers have shown that it works,
     * and more than half of the sessions are free, for each key then has one of its own.
     */
    public AeadEncryption encryption(long mechanism, byte[] key) throws TokenException {
        if (mechanism == Ckm.CKM_AES_GCM && config.messageEncryption()) {
            requireUsable();
            if (sessions.arePlenty() && MessageTrial.passed(this)) {
                return byMessages(mechanism, key);
            }
        }
        return aead(mechanism, key);
    }

    /**
     * Who took the last session to spare, or a key that this interface does not take, is no loss.
     */
    private AeadEncryption byMessages(long mechanism, byte[] key) throws TokenException {
        TokenOperation made =
                operation(
                        mechanism,
                        () -> {
                            try {
                                return messages(keys.aes(key));
                            } catch (CryptokiException e) {
                                return calls(mechanism, key);
                            }
                        });
        return (AeadEncryption) made;
    }

    private AeadOperation calls(long mechanism, byte[] key) throws TokenException {
        AeadLayout layout = AeadLayoutChoice.of(this, mechanism, key.length);
        return new AeadOperation(this, keys.aead(mechanism, key), layout);
    }

    /** AES-CBC without padding, with a key of ours. */
    public CbcOperation cbc(byte[] key) throws TokenException {
        return operation(Ckm.CKM_AES_CBC, () -> new CbcOperation(this, keys.aes(key)));
    }

    /** CKM_SHA_1_HMAC, CKM_SHA256_HMAC, CKM_SHA384_HMAC with a key of ours. */
    public HmacOperation hmac(long mechanism, byte[] key) throws TokenException {
        HmacKind kind = HmacKind.of(mechanism);
        return operation(mechanism, () -> new HmacOperation(this, keys.hmac(kind, key), kind));
    }

    /** AES-GCM through the message interface, with a key of ours. It has a session of its own. */
    public MessageAeadOperation messageAead(byte[] key) throws TokenException {
        return operation(Ckm.CKM_AES_GCM, () -> messages(keys.aes(key)));
    }

    private MessageAeadOperation messages(long key) throws CryptokiException {
        boolean done = false;
        try {
            MessageCall call = new MessageCall(sessions, key);
            done = true;
            return new MessageAeadOperation(this, key, call);
        } finally {
            if (!done) {
                objects.destroy(key);
            }
        }
    }

    /**
     * Generates a key pair in the token: private key sensitive, not extractable, for signing.
     *
     * @param id CKA_ID of both halves
     * @param stored whether as token objects; otherwise they live as long as this incarnation
     * @return the public half
     */
    public PublicKey generateKeyPair(KeyPairKind kind, String label, byte[] id, boolean stored)
            throws TokenException {
        requireUsable();
        return call(
                "generating a key pair",
                () -> new KeyPairs(this).generate(kind, label, id, stored),
                late -> {});
    }

    /** Stores a certificate as CKO_CERTIFICATE, a token object if {@code stored}. */
    public void storeCertificate(
            X509Certificate certificate, String label, byte[] id, boolean stored)
            throws TokenException {
        requireUsable();
        call(
                "storing a certificate",
                () -> new Certificates(this).store(certificate, label, id, stored),
                late -> {});
    }

    PrivateKeyHandle privateKey(KeySelector selector) throws TokenException {
        return call(
                "finding a private key", () -> new PrivateKeys(this).find(selector), late -> {});
    }

    /** Whether the token lists the mechanism for signatures; in doubt yes, for it can be tried. */
    boolean signsBy(long mechanism) throws TokenException {
        Boolean known = signing.get(mechanism);
        if (known == null) {
            known =
                    call(
                            "asking for " + Ckm.name(mechanism),
                            () -> module.signsBy(slot(), mechanism),
                            late -> {});
            signing.put(mechanism, known);
        }
        return known;
    }

    List<CertificateChain.Stored> certificates(PrivateKeyHandle key) throws TokenException {
        return call("reading certificates", () -> new Certificates(this).all(key), late -> {});
    }

    /**
     * How the token keeps the keys that {@link #aead} and its like give to it; the weakest, if it
     * keeps different kinds differently.
     */
    public KeyProtection keyProtection() {
        return keys.protection();
    }

    /** The token's name in the configuration, for messages. */
    public String name() {
        return config.name();
    }

    /** The slot that the token is in. */
    public long slot() {
        return sessions.slot();
    }

    /** What the token said of itself when it was opened. */
    public TokenInfo info() {
        return info;
    }

    /** The module. */
    public CryptokiModule module() {
        return module;
    }

    /** Session objects of ours that are in the token now; for tests and reports. */
    public int objectsAlive() {
        return sessions.objects();
    }

    /** Sessions of ours with the token; for tests and reports. */
    public int sessionsAlive() {
        return sessions.open().size();
    }

    /** Whether something showed that this incarnation is of no more use. */
    public boolean isCondemned() {
        return condemned != null || sessions.areLost();
    }

    /** Lets it be used for nothing new; calls of a hung token may still be under way. */
    public void condemn(TokenException reason) {
        if (condemned == null) {
            condemned = reason;
        }
        if (reason instanceof NoAnswerException) {
            unresponsive = true;
        }
    }

    /** Destroys our objects and closes our sessions as soon as no call is under way. */
    @Override
    public void close() {
        synchronized (life) {
            retired = true;
            if (released) {
                return;
            }
            released = true;
        }
        sessions.close(this::release);
    }

    boolean isReleased() {
        synchronized (life) {
            return released;
        }
    }

    /** As {@link #close}, but operations that are still open can go on until they are closed. */
    void retire() {
        synchronized (life) {
            retired = true;
        }
        if (sessions.isOnlyOne()) {
            close(); // or the next incarnation has none
        }
        closeIfUnused();
        if (isReleased()) {
            return;
        }
        if (unresponsive) {
            Deadline.leave(sessions::retire);
            sessions.giveUp();
        } else {
            quietly("closing idle sessions", sessions::retire);
        }
    }

    private void closeIfUnused() {
        synchronized (life) {
            if (!retired || operations > 0) {
                return;
            }
        }
        close();
    }

    private void release() {
        if (unresponsive) {
            // The caller has waited once; should the token come back, it is tidied up then.
            Deadline.leave(this::closeSessions);
            sessions.giveUp();
            return;
        }
        quietly("closing it", this::closeSessions);
    }

    private void closeSessions() {
        sessions.closeAllBut(objects.handle());
        if (login != null) {
            login.leave(objects::logout);
        }
        objects.close();
        sessions.dropAll();
    }

    private <T extends TokenOperation> T operation(long mechanism, TokenCall<T> make)
            throws TokenException {
        requireUsable();
        return call("taking a key for " + Ckm.name(mechanism), () -> counted(make), T::close);
    }

    private <T extends TokenOperation> T counted(TokenCall<T> make) throws TokenException {
        synchronized (life) {
            operations++;
        }
        boolean done = false;
        try {
            requireUsable();
            T operation = make.call();
            done = true;
            return operation;
        } finally {
            if (!done) {
                discount();
            }
        }
    }

    private void discount() {
        synchronized (life) {
            operations--;
        }
        closeIfUnused();
    }

    private void requireUsable() throws TokenException {
        TokenException reason = condemned;
        if (reason != null) {
            throw new TokenException(
                    name() + ": has failed and is not used any more: " + reason.getMessage(),
                    reason);
        }
        sessions.requireOurs("C_CreateObject");
        synchronized (life) {
            if (released) {
                throw sessions.failure(
                        "C_CreateObject", Ckr.CKR_SESSION_CLOSED, "the token was closed");
            }
        }
    }

    /** The end of an operation: destroys its key. */
    void end(TokenOperation operation) {
        if (!unresponsive) {
            quietly(
                    "destroying a key",
                    () -> {
                        operation.beforeEnd();
                        objects.destroy(operation.key);
                    });
        }
        discount();
    }

    /** Calls within the deadline; a failure that shows that the token is gone condemns it. */
    <T extends @Nullable Object> T call(String what, TokenCall<T> call, Consumer<? super T> late)
            throws TokenException {
        try {
            return Deadline.call(config.callTimeout(), name() + ": " + what, call, late);
        } catch (CryptokiException e) {
            failed(e);
            throw explained(e);
        } catch (NoAnswerException e) {
            condemn(e);
            throw e;
        }
    }

    /** A token that was not logged in to says no more than that nobody is. */
    private CryptokiException explained(CryptokiException e) {
        String advice = e.rv() == Ckr.CKR_USER_NOT_LOGGED_IN ? LoginAdvice.ofMissing(this) : null;
        return advice == null ? e : new CryptokiException(name(), e.function(), e.rv(), advice);
    }

    boolean isLoggedIn() {
        return login != null;
    }

    /** Something that is done when all is over: a failure has no one to go to. */
    private void quietly(String what, Ending ending) {
        try {
            call(
                    what,
                    () -> {
                        ending.run();
                        return true;
                    },
                    done -> {});
        } catch (TokenException | RuntimeException e) {
            condemn(e instanceof TokenException t ? t : new TokenException(name(), e));
        }
    }

    @FunctionalInterface
    private interface Ending {
        void run() throws TokenException;
    }

    /** Draws the conclusions from a failed call. */
    void failed(CryptokiException e) {
        if (e.rv() == Ckr.CKR_CRYPTOKI_NOT_INITIALIZED) {
            module.forget(sessions.generation());
        }
        if (Ckr.condemns(e.rv())) {
            condemn(e);
        }
    }

    TokenConfig config() {
        return config;
    }

    LoginPin pin() {
        return pin;
    }

    TokenSessions sessions() {
        return sessions;
    }

    ObjectSession objects() {
        return objects;
    }

    KeyImport keys() {
        return keys;
    }
}
