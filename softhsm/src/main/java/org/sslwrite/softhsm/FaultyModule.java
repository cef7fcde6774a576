package org.sslwrite.softhsm;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A PKCS#11 module, written in C, that forwards every call to another module and delays, fails,
 * holds or falsifies those that it is told to: for tests of what no real token does on demand.
 * Other processes that load {@link #library} obey the same object. It has the functions of PKCS#11
 * 2.40 only. Safe for use by several threads.
 */
public final class FaultyModule implements AutoCloseable {
    /** In the order of CK_FUNCTION_LIST (PKCS#11 2.40, pkcs11f.h). */
    private static final List<String> FUNCTIONS =
            List.of(
                    "C_Initialize",
                    "C_Finalize",
                    "C_GetInfo",
                    "C_GetFunctionList",
                    "C_GetSlotList",
                    "C_GetSlotInfo",
                    "C_GetTokenInfo",
                    "C_GetMechanismList",
                    "C_GetMechanismInfo",
                    "C_InitToken",
                    "C_InitPIN",
                    "C_SetPIN",
                    "C_OpenSession",
                    "C_CloseSession",
                    "C_CloseAllSessions",
                    "C_GetSessionInfo",
                    "C_GetOperationState",
                    "C_SetOperationState",
                    "C_Login",
                    "C_Logout",
                    "C_CreateObject",
                    "C_CopyObject",
                    "C_DestroyObject",
                    "C_GetObjectSize",
                    "C_GetAttributeValue",
                    "C_SetAttributeValue",
                    "C_FindObjectsInit",
                    "C_FindObjects",
                    "C_FindObjectsFinal",
                    "C_EncryptInit",
                    "C_Encrypt",
                    "C_EncryptUpdate",
                    "C_EncryptFinal",
                    "C_DecryptInit",
                    "C_Decrypt",
                    "C_DecryptUpdate",
                    "C_DecryptFinal",
                    "C_DigestInit",
                    "C_Digest",
                    "C_DigestUpdate",
                    "C_DigestKey",
                    "C_DigestFinal",
                    "C_SignInit",
                    "C_Sign",
                    "C_SignUpdate",
                    "C_SignFinal",
                    "C_SignRecoverInit",
                    "C_SignRecover",
                    "C_VerifyInit",
                    "C_Verify",
                    "C_VerifyUpdate",
                    "C_VerifyFinal",
                    "C_VerifyRecoverInit",
                    "C_VerifyRecover",
                    "C_DigestEncryptUpdate",
                    "C_DecryptDigestUpdate",
                    "C_SignEncryptUpdate",
                    "C_DecryptVerifyUpdate",
                    "C_GenerateKey",
                    "C_GenerateKeyPair",
                    "C_WrapKey",
                    "C_UnwrapKey",
                    "C_DeriveKey",
                    "C_SeedRandom",
                    "C_GenerateRandom",
                    "C_GetFunctionStatus",
                    "C_CancelFunction",
                    "C_WaitForSlotEvent");

    private static final String SOURCE = "faulty_module.c";
    private static final int HIDDEN = 14;
    private static final int WORDS_BEFORE_RULES = 2 + HIDDEN;
    private static final int WORDS_OF_RULE = 8;

    /** A word of struct Rule in the C source. */
    private enum Word {
        DELAY_MICROS,
        RV,
        FAILURES,
        HANGING,
        CORRUPTED,
        CALLS,
        UNDER_WAY
    }

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final Path folder;
    private final Path library;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment control;

    private FaultyModule(Path folder, Path library, Path target) throws IOException {
        this.folder = folder;
        this.library = library;
        Files.writeString(Path.of(library + ".target"), target.toString());
        this.control = map(Path.of(library + ".control"));
        set(0, control.byteSize());
    }

    private MemorySegment map(Path file) throws IOException {
        long size = (long) Long.BYTES * (WORDS_BEFORE_RULES + WORDS_OF_RULE * FUNCTIONS.size());
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, size, arena);
        }
    }

    /** Why there can be none here: what is not installed; null if there can. */
    public static @Nullable String reasonAgainst() {
        try {
            List<String> preprocess = List.of("cc", "-E", "-include", "dlfcn.h", "-x", "c", "-");
            return run(preprocess).exit == 0 ? null : "C-headers is not installed";
        } catch (IOException e) {
            return "cc is not installed";
        }
    }

    /**
     * Compiles one, with {@code cc}.
     *
     * @param module what it forwards to
     * @throws TokenException if it cannot be compiled, with what the compiler says
     */
    public static FaultyModule inFrontOf(Path module) throws TokenException {
        try {
            Path folder = Files.createTempDirectory("sslwrite-faulty");
            try {
                return new FaultyModule(folder, compile(folder), module.toRealPath());
            } catch (IOException | TokenException e) {
                DirectoryTree.delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new TokenException("cannot make a faulty module: " + e, e);
        }
    }

    private static Path compile(Path folder) throws IOException, TokenException {
        Path source = folder.resolve(SOURCE);
        try (InputStream code = FaultyModule.class.getResourceAsStream(SOURCE)) {
            if (code == null) {
                throw new IllegalStateException(SOURCE + " is not in the jar");
            }
            Files.copy(code, source);
        }
        Path library = folder.resolve("faulty.so");
        List<String> command =
                List.of("cc", "-shared", "-fPIC", "-O1", "-fvisibility=hidden", "-o");
        Ended compiler = run(append(command, library.toString(), source.toString(), "-ldl"));
        if (compiler.exit != 0) {
            throw new TokenException("cc cannot compile " + SOURCE + ": " + compiler.output);
        }
        return library;
    }

    private static List<String> append(List<String> command, String... more) {
        return Stream.concat(command.stream(), Arrays.stream(more)).toList();
    }

    /** A process that has ended. */
    private record Ended(int exit, String output) {}

    private static Ended run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), text);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " ran", e);
        }
    }

    /** The module, for {@code TokenConfig.module} and the like. */
    public Path library() {
        return library;
    }

    /** Every call takes this much longer; {@link Duration#ZERO} for no delay. */
    public void delay(Duration delay) {
        for (String function : FUNCTIONS) {
            delay(function, delay);
        }
    }

    /** Every call of this function takes this much longer. */
    public void delay(String function, Duration delay) {
        set(word(function, Word.DELAY_MICROS), delay.toNanos() / 1000);
    }

    /** Every call of this function fails, until {@link #clear}, and does not reach the module. */
    public void fail(String function, long rv) {
        fail(function, rv, -1);
    }

    /** The next calls of this function fail, so many of them. */
    public void fail(String function, long rv, int times) {
        set(word(function, Word.RV), rv);
        set(word(function, Word.FAILURES), times);
    }

    /** No call of this function returns, until {@link #release} or {@link #clear}. */
    public void hang(String function) {
        set(word(function, Word.HANGING), 1);
    }

    /** Calls of this function return again, also those that hang now. */
    public void release(String function) {
        set(word(function, Word.HANGING), 0);
    }

    /**
     * One bit of what this function gives is wrong, until {@link #clear}.
     *
     * @param function C_Encrypt, C_Decrypt, C_Sign, or the update or final of one of them
     */
    public void corrupt(String function) {
        corrupt(function, -1);
    }

    /** As above, in the next results only, so many of them. */
    public void corrupt(String function, int times) {
        set(word(function, Word.CORRUPTED), times);
    }

    /** The token does not have this mechanism (CKM_). */
    public void hideMechanism(long mechanism) {
        for (int i = 0; i < HIDDEN; i++) {
            if (get(2 + i) == 0) {
                set(2 + i, mechanism + 1);
                return;
            }
        }
        throw new IllegalStateException("no more than " + HIDDEN + " mechanisms can be hidden");
    }

    /** How many calls of this function there were, in all processes. */
    public long calls(String function) {
        return get(word(function, Word.CALLS));
    }

    /** How many calls there were, in all processes; without C_GetFunctionList. */
    public long calls() {
        return FUNCTIONS.stream().mapToLong(this::calls).sum();
    }

    /** How many calls of this function have not returned; one whose process ended counts too. */
    public long underWay(String function) {
        return get(word(function, Word.UNDER_WAY));
    }

    /** Does no more than to forward; hidden mechanisms are back, counts stay. */
    public void clear() {
        for (int i = 0; i < HIDDEN; i++) {
            set(2 + i, 0);
        }
        for (String function : FUNCTIONS) {
            delay(function, Duration.ZERO);
            fail(function, 0, 0);
            corrupt(function, 0);
            release(function);
        }
    }

    private static int word(String function, Word word) {
        int index = FUNCTIONS.indexOf(function);
        if (index < 0) {
            throw new IllegalArgumentException("no function of PKCS#11 2.40: " + function);
        }
        return WORDS_BEFORE_RULES + WORDS_OF_RULE * index + word.ordinal();
    }

    private void set(int word, long value) {
        LONG.setVolatile(control, (long) Long.BYTES * word, value);
    }

    private long get(int word) {
        return (long) LONG.getVolatile(control, (long) Long.BYTES * word);
    }

    /** How often each function was called. */
    @Override
    public String toString() {
        return FUNCTIONS.stream()
                .filter(function -> calls(function) > 0)
                .map(function -> function + " " + calls(function))
                .collect(Collectors.joining(", ", library + ": ", ""));
    }

    /** Lets everything go on, and removes the files. A process that has it loaded keeps it. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            clear();
            arena.close();
            DirectoryTree.delete(folder);
        }
    }
}
