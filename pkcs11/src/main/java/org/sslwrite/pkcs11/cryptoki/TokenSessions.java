package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.cryptoki.ffi.Memory;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;

/**
 * The sessions of one incarnation, the calls in them, and the handles that they gave. Once the
 * token has lost them ({@link #lost}), no handle is used any more, not even to close it: it may be
 * another's. Safe for use by several threads.
 */
final class TokenSessions implements SessionPool.Source, HandleRegistry.Owner {
    private static final long CKF_RW_SESSION = 0x2;
    private static final long CKF_SERIAL_SESSION = 0x4;
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

    private final String name;
    private final CryptokiFunctions functions;
    private final HandleRegistry claims;
    private final long slot;
    private final TokenInfo info;
    private final int limit;
    private final SessionPool pool;
    private final int generation;
    private final SessionBudget budget;

    /** From the budget. */
    private final AtomicInteger taken = new AtomicInteger();

    private volatile boolean lost;
    private volatile boolean retired;

    TokenSessions(CryptokiModule module, TokenConfig config, SessionBudget budget)
            throws TokenException {
        this.budget = budget;
        this.name = config.name();
        this.claims = module.claims();
        this.generation = claims.generation();
        this.functions = module.functions(generation);
        Slot chosen = new SlotChoice(module, config.token()).slot();
        this.slot = chosen.id();
        this.info = Objects.requireNonNull(chosen.token());
        this.limit = limit(config, info);
        int toWorkIn = isOnlyOne() ? 1 : limit - 1;
        this.pool = new SessionPool(this, toWorkIn, waitForSession(config).toNanos());
    }

    private static int limit(TokenConfig config, TokenInfo info) {
        int wanted = config.maxSessions() == 0 ? Integer.MAX_VALUE : config.maxSessions();
        return Math.min(wanted, info.maxSessions());
    }

    /** Whether the session that keeps the keys is the one to work in too. */
    boolean isOnlyOne() {
        return limit == 1;
    }

    private static Duration waitForSession(TokenConfig config) {
        // Shorter than the deadline around it, lest a shortage look like a token that hangs.
        boolean limited = config.isCallTimeoutChosen() && config.callTimeout().isPositive();
        return limited ? config.callTimeout().dividedBy(2) : DEFAULT_WAIT;
    }

    /** What the token said of itself when it was found. */
    TokenInfo info() {
        return info;
    }

    String name() {
        return name;
    }

    long slot() {
        return slot;
    }

    CryptokiFunctions functions() {
        return functions;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public void lost() {
        lost = true;
        giveUp();
    }

    @Override
    public boolean isRetired() {
        return retired;
    }

    boolean areLost() {
        return lost;
    }

    /** Handles of sessions that are open. */
    List<Long> open() {
        return claims.sessions(this);
    }

    int objects() {
        return claims.objectsOf(this);
    }

    /** Something that is asked in a session. */
    @FunctionalInterface
    interface SessionCall<T extends @Nullable Object, E extends TokenException> {
        T call(long session) throws E;
    }

    /**
     * Asks in a session that no other call uses, functions that leave nothing active in it if they
     * fail. For cold paths.
     */
    <T extends @Nullable Object, E extends TokenException> T call(SessionCall<T, E> call)
            throws E, CryptokiException {
        long session = pool.borrow();
        boolean done = false;
        try {
            requireOurs("C_OpenSession");
            T answer = call.call(session);
            done = true;
            return answer;
        } finally {
            giveBack(session, done || isOnlyOne());
        }
    }

    /**
     * An operation in a session that no other call uses. For cold paths.
     *
     * @param function the name of the one that begins it
     * @param begin calls it in a session, and gives its answer
     * @param rest the calls that follow, up to the end of the operation
     */
    <T extends @Nullable Object, E extends TokenException> T operate(
            String function, LongUnaryOperator begin, SessionCall<T, E> rest)
            throws E, CryptokiException {
        long session = pool.borrow();
        boolean done = false;
        try {
            requireOurs(function);
            long rv = begin.applyAsLong(session);
            done = rv != Ckr.CKR_OK && isOnlyOne(); // then nothing is active in it
            check(function, rv);
            T answer = rest.call(session);
            done = true;
            return answer;
        } finally {
            giveBack(session, done);
        }
    }

    /**
     * C_EncryptInit and C_Encrypt in a session that no other call uses.
     *
     * @param due bytes that must come out
     * @param lengthCell address of a CK_ULONG for the length
     */
    void encrypt(long mechanism, long key, long in, int length, long out, int due, long lengthCell)
            throws CryptokiException {
        long session = pool.borrow();
        boolean done = false;
        try {
            requireOurs("C_EncryptInit");
            long rv = functions.C_EncryptInit(session, mechanism, key);
            done = rv != Ckr.CKR_OK && isOnlyOne(); // then nothing is active in it
            check("C_EncryptInit", rv);
            Memory.ulong(lengthCell, due);
            check("C_Encrypt", functions.C_Encrypt(session, in, length, out, lengthCell));
            requireLength("C_Encrypt", lengthCell, due);
            done = true;
        } finally {
            giveBack(session, done);
        }
    }

    /** C_SignInit and C_Sign; otherwise as {@link #encrypt}. */
    void sign(long mechanism, long key, long in, int length, long out, int due, long lengthCell)
            throws CryptokiException {
        long session = pool.borrow();
        boolean done = false;
        try {
            requireOurs("C_SignInit");
            long rv = functions.C_SignInit(session, mechanism, key);
            done = rv != Ckr.CKR_OK && isOnlyOne(); // then nothing is active in it
            check("C_SignInit", rv);
            Memory.ulong(lengthCell, due);
            check("C_Sign", functions.C_Sign(session, in, length, out, lengthCell));
            requireLength("C_Sign", lengthCell, due);
            done = true;
        } finally {
            giveBack(session, done);
        }
    }

    private void giveBack(long session, boolean usable) {
        if (usable) {
            pool.giveBack(session);
            return;
        }
        if (isOnlyOne()) {
            // All keys go with it: whoever has a handle must not use it in the next session.
            lost = true;
        }
        pool.discard(session);
    }

    /** One that is open, 0 if there is none. */
    long anyOpen() {
        List<Long> open = open();
        return open.isEmpty() ? 0 : open.getFirst();
    }

    /** A call begins in a session that isn't the pool's. */
    void beginCall() throws CryptokiException {
        pool.beginCall();
    }

    void endCall() {
        pool.endCall();
    }

    /** Whether more than half of the sessions are free, so that one may be kept for a key. */
    boolean arePlenty() {
        return budget.isHalfFree(limit);
    }

    /** A session that is kept for a key; refused when half of them are in use. */
    long openToKeep() throws CryptokiException {
        requireOurs("C_OpenSession");
        if (!budget.takeIfHalfFree(limit)) {
            throw noSession(Ckr.CKR_SESSION_COUNT, "half of them are in use");
        }
        return openTaken(CKF_SERIAL_SESSION);
    }

    /** A session that isn't the pool's. */
    long openOne() throws CryptokiException {
        return open(CKF_SERIAL_SESSION);
    }

    /** One that can also store, if the token allows such sessions. */
    long openForObjects() throws CryptokiException {
        try {
            return open(CKF_SERIAL_SESSION | CKF_RW_SESSION);
        } catch (CryptokiException e) {
            if (e.rv() != Ckr.CKR_TOKEN_WRITE_PROTECTED) {
                throw e;
            }
            return open(CKF_SERIAL_SESSION);
        }
    }

    private long open(long flags) throws CryptokiException {
        requireOurs("C_OpenSession");
        if (!budget.take()) {
            throw noSession(
                    Ckr.CKR_SESSION_COUNT,
                    "all that maxSessions allows are in use, some by what began before the token"
                            + " was opened anew");
        }
        return openTaken(flags);
    }

    /** With one that was taken from the budget. */
    private long openTaken(long flags) throws CryptokiException {
        taken.incrementAndGet();
        boolean done = false;
        try {
            long session = openUnbudgeted(flags);
            done = true;
            return session;
        } finally {
            if (!done) {
                giveBackOne();
            }
        }
    }

    private void giveBackOne() {
        if (taken.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            budget.giveBack(1);
        }
    }

    /** Others may have our sessions' share of the budget, even if we cannot close them. */
    void giveUp() {
        budget.giveBack(taken.getAndSet(0));
    }

    private long openUnbudgeted(long flags) throws CryptokiException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
            check("C_OpenSession", functions.C_OpenSession(slot, flags, 0, 0, handle.address()));
            long session = requireHandle("C_OpenSession", handle.get(ValueLayout.JAVA_LONG, 0));
            claims.session(this, session);
            return session;
        }
    }

    @Override
    public long openSession() throws CryptokiException {
        return isOnlyOne() ? openForObjects() : openOne();
    }

    /** Closes a session, unless it is ours no more. */
    @Override
    public void closeSession(long session) {
        if (claims.dropSession(this, session)) {
            functions.C_CloseSession(session);
            giveBackOne();
        }
    }

    /** Ends a message operation and closes its session, unless it is ours no more. */
    void closeMessageSession(long session) {
        if (claims.dropSession(this, session)) {
            functions.C_MessageEncryptFinal(session);
            functions.C_CloseSession(session);
            giveBackOne();
        }
    }

    /** A session object is ours from now on. */
    void claimObject(long object) {
        claims.object(this, slot, object);
    }

    /** A session object is ours no more; whether it was until now. */
    boolean dropObject(long object) {
        return claims.dropObject(this, slot, object);
    }

    /** Keeps no session that is not in use. */
    void retire() {
        retired = true;
        pool.retire();
    }

    /**
     * Lets no call begin any more.
     *
     * @param whenUnused run once, when no call is under way any more
     */
    void close(Runnable whenUnused) {
        pool.close(whenUnused);
    }

    /**
     * Closes all sessions, after {@link #close}.
     *
     * @param last this one's turn comes after those
     */
    void closeAllBut(long last) {
        pool.closeIdleBut(last);
        for (long session : open()) {
            if (session != last) {
                closeSession(session);
            }
        }
    }

    /** What was in the sessions went with them. */
    void dropAll() {
        claims.dropAll(this);
        giveUp();
    }

    void requireLength(String function, long lengthCell, int due) throws CryptokiException {
        long given = Memory.ulong(lengthCell);
        if (given != due) {
            throw failure(
                    function,
                    Ckr.CKR_OK,
                    "it gave " + Long.toUnsignedString(given) + " bytes where " + due + " are due");
        }
        // What came from a session that was another's by then isn't what was asked for.
        requireOurs(function);
    }

    void requireOurs(String function) throws CryptokiException {
        if (lost) {
            throw failure(
                    function,
                    Ckr.CKR_SESSION_HANDLE_INVALID,
                    "the token has lost our sessions, and gives their handles to others");
        }
    }

    void check(String function, long rv) throws CryptokiException {
        if (rv != Ckr.CKR_OK) {
            throw new CryptokiException(name, function, rv);
        }
    }

    /** CK_INVALID_HANDLE is no handle. */
    long requireHandle(String function, long handle) throws CryptokiException {
        if (handle == 0) {
            throw failure(function, Ckr.CKR_OK, "it gave no handle");
        }
        return handle;
    }

    CryptokiException failure(String function, long rv, String detail) {
        return new CryptokiException(name, function, rv, detail);
    }

    @Override
    public CryptokiException noSession(long rv, String detail) {
        return failure("C_OpenSession", rv, detail);
    }
}
