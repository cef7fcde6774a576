package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.AeadLayout;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.cryptoki.ffi.Layouts;
import org.sslwrite.pkcs11.cryptoki.ffi.LibraryInfo;
import org.sslwrite.pkcs11.cryptoki.ffi.MechanismInfo;
import org.sslwrite.pkcs11.cryptoki.ffi.NativeLibrary;
import org.sslwrite.pkcs11.cryptoki.ffi.Structure;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.timeout.Deadline;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A loaded PKCS#11 module: one for each library and process, initialised and, after something
 * finalized it, initialised again when a token is next opened. Never unloaded. Safe for use by
 * several threads.
 */
public final class CryptokiModule {
    private static final Map<Source, CryptokiModule> LOADED = new HashMap<>();

    private static final Logger LOG = System.getLogger("org.sslwrite");

    private static final long CKF_OS_LOCKING_OK = 0x2;

    /** How long a C_Finalize waits for calls that are under way; others wait with it. */
    private static final Duration DRAIN = Duration.ofMillis(250);

    /** More than any module has; a count above is a lie. */
    private static final int MAX_LIST = 1 << 16;

    /** As the library has them; for C_Initialize and C_Finalize. */
    private final CryptokiFunctions ungated;

    private final CryptokiFunctions functions;
    private final String name;
    private final @Nullable String libraryParameters;
    private final HandleRegistry claims = new HandleRegistry();
    private final CallGate gate = new CallGate(claims);
    private final LostModule lost;
    private final Logins logins = new Logins();
    private final Map<AeadLayout.Use, AeadLayout> aeadLayouts = new ConcurrentHashMap<>();
    private final Map<String, MessageTrial.State> messageTrials = new ConcurrentHashMap<>();

    /** Held during C_Initialize, which may hang. */
    private final ReentrantLock initializing = new ReentrantLock();

    /**
     * Held for writing from C_InitToken to the first C_GetSlotList behind it. SoftHSM 2.6 makes a
     * new free slot in that without a lock of its own, and ends the process if two threads do.
     */
    private final ReentrantReadWriteLock slotList = new ReentrantReadWriteLock();

    /** {@link HandleRegistry#generation} for which it is initialised; later it is finalized. */
    private volatile int initializedFor = -1;

    /** A library, and its function that gives the module. */
    private record Source(Path library, String functionList) {}

    /** Whether our C_Initialize was the one that did it. */
    private boolean isInitializedByUs;

    private CryptokiModule(
            CryptokiFunctions functions,
            String name,
            @Nullable Path library,
            @Nullable String libraryParameters) {
        this.ungated = functions;
        this.functions = functions(CallGate.ANY_GENERATION);
        this.lost = new LostModule(functions, claims, library);
        this.name = name;
        this.libraryParameters = libraryParameters;
    }

    /**
     * Loads the library, once, and initialises it unless it is.
     *
     * @param libraryParameters for NSS's softokn what it calls its library parameters; null for
     *     nothing, which is what every other module wants
     */
    public static CryptokiModule load(Path library, @Nullable String libraryParameters)
            throws TokenException {
        CryptokiModule module =
                loaded(library, NativeLibrary.C_GET_FUNCTION_LIST, libraryParameters);
        module.initialize();
        return module;
    }

    /** Loads the module of a configuration, once, and initialises it unless it is. */
    public static CryptokiModule load(TokenConfig config) throws TokenException {
        CryptokiModule module = loaded(config);
        module.initialize();
        return module;
    }

    /** Loads the module of a configuration, once. */
    static CryptokiModule loaded(TokenConfig config) throws TokenException {
        return loaded(config.module(), config.functionList(), config.libraryParameters());
    }

    private static CryptokiModule loaded(
            Path library, String functionList, @Nullable String libraryParameters)
            throws TokenException {
        synchronized (LOADED) {
            Path path = realPath(library);
            Source source = new Source(path, functionList);
            CryptokiModule module = LOADED.get(source);
            if (module == null) {
                module =
                        new CryptokiModule(
                                Deadline.call(
                                        Duration.ZERO,
                                        "loading " + path,
                                        () -> NativeLibrary.load(path, functionList)),
                                "PKCS#11 module " + path,
                                path,
                                libraryParameters);
                LOADED.put(source, module);
            } else if (!Objects.equals(module.libraryParameters, libraryParameters)) {
                throw new TokenException(
                        module.name
                                + ": is loaded in this process already, with other library"
                                + " parameters; they hold for the whole process, so use the same"
                                + " everywhere");
            }
            return module;
        }
    }

    private static Path realPath(Path library) {
        try {
            return library.toRealPath();
        } catch (IOException e) {
            return library.toAbsolutePath().normalize(); // loading it says what is wrong
        }
    }

    /**
     * A module whose functions are these, initialised: a test's, which fail on demand. Not shared.
     *
     * @param name for messages
     */
    public static CryptokiModule over(CryptokiFunctions functions, String name)
            throws TokenException {
        CryptokiModule module = new CryptokiModule(functions, name, null, null);
        module.initialize();
        return module;
    }

    /** The functions. */
    public CryptokiFunctions functions() {
        return functions;
    }

    /** The functions, for calls with handles of a generation: none is made when that is over. */
    CryptokiFunctions functions(int generation) {
        return new GatedFunctions(ungated, gate, generation);
    }

    /** For messages; names the library. */
    public String name() {
        return name;
    }

    /** Who uses which slot's login in this process. */
    public Logins logins() {
        return logins;
    }

    /** Which handle is whose. */
    HandleRegistry claims() {
        return claims;
    }

    /** By {@link TokenInfo#identity}: whether the message interface has given known answers. */
    Map<String, MessageTrial.State> messageTrials() {
        return messageTrials;
    }

    /** The layouts of AEAD parameters that were found to work, by token and mechanism. */
    Map<AeadLayout.Use, AeadLayout> aeadLayouts() {
        return aeadLayouts;
    }

    /**
     * Initialises the module unless it is initialised (C_Initialize). One that other code in this
     * process has initialised is shared with it.
     */
    public void initialize() throws TokenException {
        initialize(Duration.ZERO);
    }

    /**
     * As above.
     *
     * @param patience how long to wait for another thread that initialises it; zero: without limit
     */
    void initialize(Duration patience) throws TokenException {
        if (initializedFor == claims.generation()) {
            return;
        }
        lock(patience);
        try {
            initializeLocked();
        } finally {
            initializing.unlock();
        }
    }

    private void initializeLocked() throws CryptokiException {
        int generation = claims.generation();
        if (initializedFor == generation) {
            return;
        }
        lost.requireNotJustFailed();
        long rv = callInitialize();
        if (rv != Ckr.CKR_OK && rv != Ckr.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
            throw lost.failed(new CryptokiException(name, "C_Initialize", rv));
        }
        isInitializedByUs = rv == Ckr.CKR_OK;
        initializedFor = generation;
        lost.succeeded();
    }

    private void lock(Duration patience) throws TokenException {
        try {
            if (patience.isZero()) {
                initializing.lockInterruptibly();
            } else if (!initializing.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new TokenException(
                        name + ": another thread's C_Initialize or C_Finalize has not returned");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TokenException(name + ": interrupted while another thread initialises it", e);
        }
    }

    /**
     * After a failure: initialises the module again if something has finalized it. Not every module
     * says CKR_CRYPTOKI_NOT_INITIALIZED then; NSS just has no slots any more.
     *
     * @param patience as in {@link #initialize(Duration)}
     * @return whether it had been finalized
     */
    boolean initializeAgain(Duration patience) throws TokenException {
        lock(patience);
        try {
            if (initializedFor == claims.generation()) {
                // Not by C_Initialize: p11-kit-proxy counts, and says CKR_OK each time.
                if (!looksFinalized() || callInitialize() != Ckr.CKR_OK) {
                    return false;
                }
                forget(claims.generation());
                isInitializedByUs = true;
                initializedFor = claims.generation();
            } else {
                initializeLocked();
            }
            return true;
        } finally {
            initializing.unlock();
        }
    }

    /**
     * After a token could not be opened although the module is initialised: finalizes the module
     * and initialises it again, which some need when what they talk to has started anew. Whoever
     * has something in it then has lost that. Not if other code in this process uses the module, a
     * session of ours still works, a call of ours is under way, or it was tried a moment ago.
     *
     * @param generation {@link #generation} before the token was tried
     * @param patience as in {@link #initialize(Duration)}
     * @return whether it was initialised since then, so that it is worth while to try again
     */
    boolean initializeAnew(int generation, Duration patience) throws TokenException {
        lock(patience);
        try {
            if (claims.generation() != generation) {
                initializeLocked();
                return true;
            }
            boolean isOurs = initializedFor == generation && isInitializedByUs;
            if (!isOurs || !lost.mayBeTried() || !gate.shut(DRAIN)) {
                return false;
            }
            try {
                if (lost.isAnySessionAlive()) {
                    return false;
                }
                LOG.log(
                        Level.WARNING,
                        "{0}: its token is lost or not shown; it is finalized and initialised"
                                + " again",
                        name);
                finalizeAndInitialize();
                return true;
            } finally {
                gate.open();
            }
        } finally {
            initializing.unlock();
        }
    }

    private void finalizeAndInitialize() throws CryptokiException {
        forget(claims.generation());
        long rv = ungated.C_Finalize(0);
        initializeLocked();
        // One that refused that is initialised as before, by us.
        isInitializedByUs |= rv != Ckr.CKR_OK;
    }

    /** Whether the list of slots may be older than a token. */
    boolean isInitialized() {
        return initializedFor == claims.generation();
    }

    /** Which handles are good: a later one finds those of an earlier one lost. */
    int generation() {
        return claims.generation();
    }

    /**
     * A SunPKCS11 provider will use the module too, until the process ends: nobody can tell when
     * none of its calls is under way, so the module is never finalized from now on.
     */
    public void shareWithSunPkcs11() throws TokenException {
        lock(Duration.ZERO);
        try {
            lost.share();
        } finally {
            initializing.unlock();
        }
    }

    private boolean looksFinalized() {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.INFO);
            MemorySegment slots = arena.allocate(ValueLayout.JAVA_LONG);
            return functions.C_GetInfo(info.address()) == Ckr.CKR_CRYPTOKI_NOT_INITIALIZED
                    || functions.C_GetSlotList(0, 0, slots.address()) == Ckr.CKR_OK
                            && slots.get(ValueLayout.JAVA_LONG, 0) == 0;
        }
    }

    private long callInitialize() {
        try (Arena arena = Arena.ofConfined()) {
            Structure args =
                    new Structure(arena, Layouts.INITIALIZE_ARGS).ulong("flags", CKF_OS_LOCKING_OK);
            if (libraryParameters != null) {
                args.ulong("pReserved", arena.allocateFrom(libraryParameters).address());
            }
            return ungated.C_Initialize(args.address());
        }
    }

    /**
     * Ends every session and login of this whole process with the module (C_Finalize); tokens that
     * are open fail and are opened anew. For tests. No other code may have a call to the module
     * under way: "the behavior of C_Finalize is undefined" then (PKCS#11 2.40), and many modules
     * crash.
     *
     * @throws TokenException also if a call of ours does not end
     */
    public void finalizeModule() throws TokenException {
        lock(Duration.ZERO);
        try {
            if (!gate.shut(DRAIN)) {
                throw new TokenException(name + ": not finalized, for a call is under way");
            }
            try {
                forget(claims.generation());
                check("C_Finalize", ungated.C_Finalize(0));
            } finally {
                gate.open();
            }
        } finally {
            initializing.unlock();
        }
    }

    /** Ends every session of this whole process with the token in the slot (C_CloseAllSessions). */
    public void closeAllSessions(long slot) throws TokenException {
        check("C_CloseAllSessions", functions.C_CloseAllSessions(slot));
    }

    /**
     * The module is not initialised: all that was in it is gone. Waits for nobody.
     *
     * @param generation of the handles of the one who says so; not believed of a later one
     */
    void forget(int generation) {
        if (claims.loseAll(generation)) {
            logins.forget();
            gate.generationEnded();
        }
    }

    /** What the module says of itself. */
    public LibraryInfo info() throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.INFO);
            check("C_GetInfo", functions.C_GetInfo(info.address()));
            return new LibraryInfo(
                    info.text("manufacturerID"),
                    info.text("libraryDescription"),
                    info.version("libraryVersion"),
                    info.version("cryptokiVersion"));
        }
    }

    /** Whether there are message functions (PKCS#11 3.0); they may still not work. */
    public boolean hasMessageInterface() {
        return functions.hasMessageInterface();
    }

    /** The slots, also those without a token, in the module's order. */
    public List<Slot> slots() throws TokenException {
        List<Slot> slots = new ArrayList<>();
        for (long id : slotIds()) {
            slots.add(slot(id));
        }
        return List.copyOf(slots);
    }

    long[] slotIds() throws TokenException {
        slotList.readLock().lock();
        try {
            return list("C_GetSlotList", (ids, n) -> functions.C_GetSlotList(0, ids, n));
        } finally {
            slotList.readLock().unlock();
        }
    }

    private Slot slot(long id) throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.SLOT_INFO);
            check("C_GetSlotInfo", functions.C_GetSlotInfo(id, info.address()));
            return new Slot(
                    id, info.text("slotDescription"), info.text("manufacturerID"), tokenIn(id));
        }
    }

    private @Nullable TokenInfo tokenIn(long slot) throws TokenException {
        try {
            return tokenInfo(slot);
        } catch (CryptokiException e) {
            if (e.rv() == Ckr.CKR_CRYPTOKI_NOT_INITIALIZED) {
                throw e;
            }
            return null; // removed, not recognised, broken: it can't be used, others can
        }
    }

    /** What the token in the slot says of itself, now. */
    public TokenInfo tokenInfo(long slot) throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.TOKEN_INFO);
            check("C_GetTokenInfo", functions.C_GetTokenInfo(slot, info.address()));
            return TokenInfo.of(info);
        }
    }

    /** The mechanisms that the token in the slot lists. */
    public List<Long> mechanisms(long slot) throws TokenException {
        long[] mechanisms =
                list("C_GetMechanismList", (l, n) -> functions.C_GetMechanismList(slot, l, n));
        return Arrays.stream(mechanisms).boxed().toList();
    }

    /** What the token in the slot claims of a mechanism. */
    public MechanismInfo mechanismInfo(long slot, long mechanism) throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.MECHANISM_INFO);
            check(
                    "C_GetMechanismInfo",
                    functions.C_GetMechanismInfo(slot, mechanism, info.address()));
            return new MechanismInfo(
                    mechanism,
                    info.ulong("ulMinKeySize"),
                    info.ulong("ulMaxKeySize"),
                    info.ulong("flags"));
        }
    }

    /** Whether the token in the slot says that it can sign by a mechanism. */
    boolean signsBy(long slot, long mechanism) throws TokenException {
        try {
            long flags = mechanismInfo(slot, mechanism).flags();
            return flags == 0 || (flags & MechanismInfo.CKF_SIGN) != 0; // some give no flags at all
        } catch (CryptokiException e) {
            if (e.rv() == Ckr.CKR_MECHANISM_INVALID) {
                return false;
            }
            throw e;
        }
    }

    /** A function that fills a list of CK_ULONGs, or only counts if the list's address is 0. */
    @FunctionalInterface
    private interface Lister {
        long list(long address, long count);
    }

    private long[] list(String function, Lister lister) throws TokenException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            check(function, lister.list(0, count.address()));
            // There may be more when asked again: room for some, and a second try.
            long room = requireCount(function, count.get(ValueLayout.JAVA_LONG, 0), MAX_LIST) + 16;
            MemorySegment list = arena.allocate(ValueLayout.JAVA_LONG, room);
            count.set(ValueLayout.JAVA_LONG, 0, room);
            check(function, lister.list(list.address(), count.address()));
            long given = requireCount(function, count.get(ValueLayout.JAVA_LONG, 0), room);
            return list.asSlice(0, given * Long.BYTES).toArray(ValueLayout.JAVA_LONG);
        }
    }

    private long requireCount(String function, long count, long most) throws TokenException {
        if (count < 0 || count > most) {
            throw new CryptokiException(
                    name, function, Ckr.CKR_OK, "it counts " + Long.toUnsignedString(count));
        }
        return count;
    }

    /**
     * The slot with the token.
     *
     * @throws TokenException if there is none, or more than one; says which tokens there are
     */
    public long slotOf(TokenSelector selector) throws TokenException {
        return new SlotChoice(this, selector).slot().id();
    }

    /**
     * Initialises a token in a free slot (C_InitToken, C_InitPIN), or the one with this label anew:
     * everything in it is lost.
     *
     * @param soPin of the security officer; for an initialised token the one it has
     */
    public void initToken(String label, char[] soPin, char[] userPin) throws TokenException {
        initialize();
        slotList.writeLock().lock();
        try {
            new TokenInitialization(this, label).run(soPin, userPin);
        } finally {
            slotList.writeLock().unlock();
        }
    }

    void check(String function, long rv) throws CryptokiException {
        if (rv != Ckr.CKR_OK) {
            if (rv == Ckr.CKR_CRYPTOKI_NOT_INITIALIZED) {
                forget(claims.generation());
            }
            throw new CryptokiException(name, function, rv);
        }
    }
}
