package org.sslwrite.accel.ipsecmb;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.accel.FallsToSunJce;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.SealingParameters;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** The real library, spoilt in one place each: it is not used, and the next engine seals. */
class LibraryFaultsTest {
    private static final SealingParameters GCM_128 = parameters(CipherSuite.TLS_AES_128_GCM_SHA256);
    private static final SealingParameters GCM_256 = parameters(CipherSuite.TLS_AES_256_GCM_SHA384);
    private static final SealingParameters CHACHA =
            parameters(CipherSuite.TLS_CHACHA20_POLY1305_SHA256);

    @TempDir private Path folder;

    private static SealingParameters parameters(CipherSuite suite) {
        return new SealingParameters(suite.version(), suite, false);
    }

    @BeforeAll
    static void theLibraryIsThere() {
        InstalledLibrary.assumeThere();
    }

    @Test
    void unspoiltCopyIsUsed() throws IOException {
        IpsecMbSealerFactory factory = factoryOver(new PatchedLibrary());
        assertNull(factory.reasonAgainst(GCM_128));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "imb_get_version",
                "imb_get_feature_flags",
                "alloc_mb_mgr",
                "free_mb_mgr",
                "init_mb_mgr_auto"
            })
    void missingSymbol(String symbol) throws IOException {
        assertRefused(new PatchedLibrary().without(symbol), "has no function " + symbol);
    }

    @ParameterizedTest
    @CsvSource({
        "0x00000000, 0.0.0",
        "0x00010100, 1.1.0",
        "0x00030000, 3.0.0",
        "0xFFFFFFFF, -1.255.255",
    })
    void otherVersion(String number, String version) throws IOException {
        int returned = Integer.parseUnsignedInt(number.substring(2), 16);
        assertRefused(
                new PatchedLibrary().with("imb_get_version", PatchedLibrary.returning(returned)),
                "version " + version + "; versions from 1.2 to 2.x can be used");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0b010, 0b100})
    void cpuWithoutWhatIsNeeded(int features) throws IOException {
        assertRefused(
                new PatchedLibrary()
                        .with("imb_get_feature_flags", PatchedLibrary.returning(features)),
                "this CPU lacks AES-NI or PCLMULQDQ");
    }

    @Test
    void noMemoryForItsStructure() throws IOException {
        assertRefused(
                new PatchedLibrary().with("alloc_mb_mgr", PatchedLibrary.RETURN_0),
                "alloc_mb_mgr gave nothing");
    }

    @Test
    void initialisationFails() throws IOException {
        assertRefused(
                new PatchedLibrary().with("imb_get_errno", PatchedLibrary.returning(2049)),
                "init_mb_mgr_auto failed with error 2049");
    }

    /** Which other parts of the library need, so that it cannot even be loaded. */
    @Test
    void missingSymbolThatItNeedsItself() throws IOException {
        assertRefused(
                new PatchedLibrary().without("imb_get_errno"),
                "the dynamic loader refuses it; ldd says if another library is missing");
    }

    @Test
    @SuppressWarnings("restricted")
    void structureOfAnotherLayout() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup symbols = SymbolLookup.libraryLookup(InstalledLibrary.get().file(), arena);
            MemorySegment structure = arena.allocate(4096, 8);
            UnusableLibraryException other =
                    assertThrows(
                            UnusableLibraryException.class,
                            () -> new ManagerLayout(structure.address(), symbols));
            assertEquals("its IMB_MGR has a layout that is not known", other.getMessage());

            MemorySegment known = symbols.find("aes_cfb_128_one_sse").orElseThrow();
            structure.set(ValueLayout.ADDRESS, 248, known);
            ManagerLayout empty =
                    assertDoesNotThrow(() -> new ManagerLayout(structure.address(), symbols));
            for (Executable functions :
                    List.<Executable>of(empty::aes128Gcm, empty::aes256Gcm, empty::chaChaPoly)) {
                UnusableLibraryException lacking =
                        assertThrows(UnusableLibraryException.class, functions);
                assertEquals("its IMB_MGR lacks a function that is needed", lacking.getMessage());
            }
        }
    }

    @Test
    void initialisationDoesNothing() throws IOException {
        PatchedLibrary library =
                new PatchedLibrary().with("init_mb_mgr_auto", PatchedLibrary.DO_NOTHING);
        IpsecMbSealerFactory factory = factoryOver(library);
        assertNotNull(factory.reasonAgainst(GCM_128));
    }

    /** The library's own test, in its initialisation, sees some faults. */
    @Test
    void faultThatItFindsItself() throws IOException {
        Predicate<String> spoilt = name -> name.startsWith("aes_gcm_pre_128_");
        IpsecMbSealerFactory factory =
                factoryOver(new PatchedLibrary().withAll(spoilt, PatchedLibrary.DO_NOTHING));
        // The number of "self-test failed" is another in each version.
        String reason = String.valueOf(factory.reasonAgainst(GCM_128));
        assertTrue(reason.matches(".*: init_mb_mgr_auto failed with error 20\\d\\d"), reason);
        FallsToSunJce.assertThat(factory, GCM_128, reason);
    }

    /** Each function that AES-GCM needs, at every level of CPU, does nothing. */
    @ParameterizedTest
    @CsvSource({
        "aes_gcm_pre_128_,           128",
        "aes_gcm_init_128_,          128",
        "aes_gcm_enc_128_,           128",
        "aes_gcm_enc_128_update_,    128",
        "aes_gcm_enc_128_finalize_,  128",
        "aes_gcm_pre_256_,           256",
        "aes_gcm_init_256_,          256",
        "aes_gcm_enc_256_,           256",
        "aes_gcm_enc_256_update_,    256",
        "aes_gcm_enc_256_finalize_,  256",
    })
    void wrongAnswers(String prefix, int key) throws IOException {
        Predicate<String> spoilt =
                name ->
                        name.startsWith(prefix)
                                && name.substring(prefix.length()).matches("(vaes_)?(avx|sse).*");
        IpsecMbSealerFactory factory =
                factoryOver(
                        new PatchedLibrary()
                                .with("imb_get_errno", PatchedLibrary.RETURN_0)
                                .withAll(spoilt, PatchedLibrary.DO_NOTHING));
        FallsToSunJce.assertThat(
                factory,
                key == 128 ? GCM_128 : GCM_256,
                "computes AES/GCM/NoPadding wrongly: not SunJCE's record of");
        assertNull(factory.reasonAgainst(key == 128 ? GCM_256 : GCM_128), "the other is as good");
    }

    @Test
    void wrongAnswersOfChaCha() throws IOException {
        IpsecMbSealerFactory factory =
                factoryOver(
                        new PatchedLibrary()
                                .with("imb_get_errno", PatchedLibrary.RETURN_0)
                                .withAll(
                                        name -> name.startsWith("finalize_chacha20_poly1305_"),
                                        PatchedLibrary.DO_NOTHING));
        FallsToSunJce.assertThat(factory, CHACHA, "computes ChaCha20-Poly1305 wrongly");
    }

    private IpsecMbSealerFactory factoryOver(PatchedLibrary library) throws IOException {
        Path file = library.writeTo(folder);
        return new IpsecMbSealerFactory(IpsecMbLocator.search(null, null, List.of(file)));
    }

    private void assertRefused(PatchedLibrary library, String reason) throws IOException {
        IpsecMbSealerFactory factory = factoryOver(library);
        Path file = folder.resolve("libIPSec_MB.so");
        for (SealingParameters parameters : List.of(GCM_128, GCM_256, CHACHA)) {
            assertEquals(file + ": " + reason, factory.reasonAgainst(parameters));
        }
        FallsToSunJce.assertThat(factory, GCM_128, file + ": " + reason);
    }
}
