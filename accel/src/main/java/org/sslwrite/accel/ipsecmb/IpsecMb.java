package org.sslwrite.accel.ipsecmb;

import org.sslwrite.accel.nativecode.Downcalls;
import org.sslwrite.accel.nativecode.NativeAccess;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The library, loaded, with the functions that it has chosen for this CPU. Stays loaded until the
 * process ends.
 *
 * @param version a byte for each of its numbers, as in 0x10300
 */
public record IpsecMb(
        Path file,
        int version,
        IpsecMbGcm.Functions aes128Gcm,
        IpsecMbGcm.Functions aes256Gcm,
        IpsecMbChaChaPoly.Functions chaChaPoly) {
    private static final int OLDEST = 0x10200;
    private static final int TOO_NEW = 0x30000;

    /**
     * IMB_FEATURE_AESNI and IMB_FEATURE_PCLMULQDQ, on which every AES-GCM of the library stands.
     */
    private static final long FEATURES_NEEDED = 0b110;

    private static final long NO_FLAGS = 0;
    private static final long NULL = 0;

    /**
     * Loads a file and has it choose.
     *
     * @throws UnusableLibraryException saying of which file, and why; it is unloaded then
     */
    static IpsecMb load(Path file) throws UnusableLibraryException {
        try {
            requireWholeLibrary(file);
            return loadWhole(file);
        } catch (UnusableLibraryException e) {
            throw new UnusableLibraryException(file + ": " + e.getMessage());
        } catch (IOException e) {
            throw new UnusableLibraryException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private static void requireWholeLibrary(Path file)
            throws UnusableLibraryException, IOException {
        if (!Files.isRegularFile(file)) {
            throw new UnusableLibraryException(Files.exists(file) ? "not a file" : "no such file");
        }
        String objection = ElfFile.objection(file);
        if (objection != null) {
            throw new UnusableLibraryException(objection);
        }
    }

    @SuppressWarnings("restricted") // calling into C is what this is for
    private static IpsecMb loadWhole(Path file) throws UnusableLibraryException {
        Arena arena = Arena.ofShared();
        boolean usable = false;
        try {
            IpsecMb library = start(file, SymbolLookup.libraryLookup(file, arena));
            usable = true;
            return library;
        } catch (IllegalArgumentException e) {
            throw new UnusableLibraryException(
                    "the dynamic loader refuses it; ldd says if another library is missing");
        } catch (IllegalCallerException e) {
            throw new UnusableLibraryException(NativeAccess.refusal());
        } finally {
            if (!usable) {
                arena.close();
            }
        }
    }

    private static IpsecMb start(Path file, SymbolLookup symbols) throws UnusableLibraryException {
        int version = (int) Downcalls.ask(symbol(symbols, "imb_get_version"), 0, 0);
        requireSupported(version);
        long features = Downcalls.ask(symbol(symbols, "imb_get_feature_flags"), 0, 0);
        if ((features & FEATURES_NEEDED) != FEATURES_NEEDED) {
            throw new UnusableLibraryException("this CPU lacks AES-NI or PCLMULQDQ");
        }
        MemorySegment init = symbol(symbols, "init_mb_mgr_auto");
        MemorySegment errno = symbol(symbols, "imb_get_errno");
        MemorySegment free = symbol(symbols, "free_mb_mgr");
        long manager = Downcalls.ask(symbol(symbols, "alloc_mb_mgr"), NO_FLAGS, 0);
        if (manager == NULL) {
            throw new UnusableLibraryException("alloc_mb_mgr gave nothing");
        }
        try {
            Downcalls.ask(init, manager, NULL);
            int error = (int) Downcalls.ask(errno, manager, 0);
            if (error != 0) {
                throw new UnusableLibraryException("init_mb_mgr_auto failed with error " + error);
            }
            ManagerLayout functions = new ManagerLayout(manager, symbols);
            return new IpsecMb(
                    file,
                    version,
                    functions.aes128Gcm(),
                    functions.aes256Gcm(),
                    functions.chaChaPoly());
        } finally {
            Downcalls.ask(free, manager, 0);
        }
    }

    private static void requireSupported(int version) throws UnusableLibraryException {
        if (version < OLDEST || version >= TOO_NEW) {
            throw new UnusableLibraryException(
                    "version " + words(version) + "; versions from 1.2 to 2.x can be used");
        }
    }

    /** As in {@code 1.3.0}. */
    private static String words(int version) {
        return "%d.%d.%d".formatted(version >> 16, version >> 8 & 0xff, version & 0xff);
    }

    private static MemorySegment symbol(SymbolLookup symbols, String name)
            throws UnusableLibraryException {
        return symbols.find(name)
                .orElseThrow(() -> new UnusableLibraryException("has no function " + name));
    }

    /**
     * For one epoch.
     *
     * @param canaries whether something lies behind each structure that must stay as it is
     * @throws IllegalArgumentException if the keys are none for the suite
     */
    public IpsecMbAead aead(SealingParameters parameters, TrafficKeys keys, boolean canaries) {
        IpsecMbKeyMemory.Sizes sizes = sizes(parameters.suite().bulkCipher());
        return aead(parameters, keys, canaries ? sizes.withCanaries() : sizes);
    }

    /** How much its structures for a cipher hold, as its headers have it; put to the test. */
    private IpsecMbKeyMemory.Sizes sizes(BulkCipher cipher) {
        return cipher == BulkCipher.CHACHA20_POLY1305
                ? IpsecMbKeyMemory.Sizes.CHACHA20_POLY1305
                : IpsecMbKeyMemory.Sizes.ofGcm(version);
    }

    private IpsecMbAead aead(
            SealingParameters parameters, TrafficKeys keys, IpsecMbKeyMemory.Sizes sizes) {
        keys.requireLengthsFor(parameters);
        IpsecMbKeyMemory memory = new IpsecMbKeyMemory(sizes, parameters, keys.fixedIv());
        boolean made = false;
        try {
            IpsecMbAead aead = aead(parameters, keys.cipherKey(), memory);
            made = true;
            return aead;
        } finally {
            if (!made) {
                memory.wipe();
            }
        }
    }

    private IpsecMbAead aead(SealingParameters parameters, byte[] key, IpsecMbKeyMemory memory) {
        return switch (parameters.suite().bulkCipher()) {
            case AES_128_GCM -> new IpsecMbGcm(aes128Gcm, memory, key);
            case AES_256_GCM -> new IpsecMbGcm(aes256Gcm, memory, key);
            case CHACHA20_POLY1305 -> new IpsecMbChaChaPoly(chaChaPoly, memory, key);
            case AES_128_CBC, AES_256_CBC ->
                    throw new IllegalArgumentException(parameters.suite() + " has no AEAD");
        };
    }

    /** File and version. */
    @Override
    public String toString() {
        return file + ", version " + words(version);
    }
}
