package org.sslwrite.pkcs11.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sslwrite.pkcs11.OperatingSystem;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.config.VendorConfiguration;
import org.sslwrite.pkcs11.vendor.Vendor.Answer;
import org.sslwrite.pkcs11.vendor.Vendor.Capability;
import org.sslwrite.pkcs11.vendor.Vendor.Evidence;
import org.sslwrite.pkcs11.vendor.Vendor.Note;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

class VendorCatalogueTest {
    @TempDir @Nullable Path directory;

    static List<Vendor> vendors() {
        return VendorCatalogue.all();
    }

    @Test
    void everyModuleThatIsPromisedIsThere() {
        assertEquals(
                List.of(
                        "softhsm2",
                        "nss",
                        "opencryptoki",
                        "p11-kit",
                        "nss-fips",
                        "cloudhsm",
                        "luna",
                        "protectserver",
                        "nshield",
                        "utimaco",
                        "yubihsm2",
                        "cloudkms",
                        "tpm2"),
                vendors().stream().map(Vendor::id).toList());
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void entriesAreComplete(Vendor vendor) {
        assertFalse(vendor.name().isBlank());
        assertFalse(vendor.libraries(OperatingSystem.LINUX).isEmpty());
        for (String place : vendor.libraries(OperatingSystem.LINUX)) {
            assertTrue(place.startsWith("/"), place);
        }
        for (Capability capability : Capability.values()) {
            assertTrue(vendor.claims().containsKey(capability), capability + " of " + vendor.id());
            Vendor.Claim claim = vendor.claim(capability);
            if (claim.note().evidence() == Evidence.UNVERIFIED) {
                assertTrue(
                        claim.answer() == Answer.UNKNOWN,
                        "nobody vouches for " + capability + " of " + vendor.id());
            }
        }
        for (Note note : vendor.quirks()) {
            assertFalse(note.text().isBlank());
            assertTrue(note.where() == null || note.where().startsWith("https://"));
        }
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void renderedConfigurationIsRead(Vendor vendor) throws Exception {
        String text = VendorConfiguration.of(vendor);
        Path file = Files.writeString(directory().resolve("token.properties"), text);
        TokenConfig config = TokenConfig.fromFile(file);
        assertEquals(vendor, config.vendor());
        assertEquals(vendor.defaults().maxFragment(), config.maxFragment());
        assertEquals(vendor.defaults().privateTrafficKeys(), config.privateTrafficKeys());
        assertEquals(vendor.defaults().libraryParameters(), config.libraryParameters());
        assertEquals(vendor.defaults().functionList(), config.functionList());
        assertEquals(vendor.defaults().maxSessions(), config.maxSessions());
        for (String line : text.lines().toList()) {
            assertTrue(
                    line.length() <= 100 || line.contains("https://") || !line.startsWith("# "),
                    line);
        }
    }

    @ParameterizedTest
    @MethodSource("vendors")
    void commentedSettingsAreReadWhenUncommented(Vendor vendor) throws Exception {
        for (String line : VendorConfiguration.of(vendor).lines().toList()) {
            if (line.startsWith("#") && !line.startsWith("# ")) {
                String text = "module = /x/y.so\n" + line.substring(1);
                TokenConfig.fromFile(Files.writeString(directory().resolve("t"), text));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/opt/x/libsofthsm2.so, softhsm2",
        "/opt/x/libsofthsm2.so.2.6.1, softhsm2",
        "/opt/x/softhsm2-x64.dll, softhsm2",
        "/opt/x/libsoftokn3.dylib, nss",
        "/opt/x/libopencryptoki.so.0, opencryptoki",
        "/opt/x/libtpm2_pkcs11.so.1, tpm2",
        "/opt/x/libcknfast.so, nshield",
    })
    void vendorByLibrary(Path library, String id) {
        assertEquals(id, Objects.requireNonNull(VendorCatalogue.byLibrary(library)).id());
    }

    @ParameterizedTest
    @CsvSource({"/opt/x/libacme.so", "/opt/libsofthsm2.so/x", "/", "/opt/x/libsofthsm2.so.bak"})
    void otherLibrariesAreNobodys(Path library) {
        assertNull(VendorCatalogue.byLibrary(library));
    }

    @Test
    void everyPlaceIsRecognisedAsItsVendors() {
        for (Vendor vendor : vendors()) {
            if (!vendor.defaults()
                    .functionList()
                    .equals(Vendor.Defaults.OF_ANY_MODULE.functionList())) {
                continue; // a second module in another vendor's library
            }
            for (String place : vendor.libraries(OperatingSystem.LINUX)) {
                assertEquals(vendor, VendorCatalogue.byLibrary(Path.of(place)), place);
            }
        }
    }

    @Test
    void unknownVendorNamesThoseThereAre() {
        TokenConfigException e =
                assertThrows(TokenConfigException.class, () -> VendorCatalogue.byId("acme"));
        assertTrue(String.valueOf(e.getMessage()).contains("softhsm2, nss, opencryptoki"));
    }

    @Test
    void moduleOfThisMachineIsFoundByEveryName() throws Exception {
        Path softhsm = VendorCatalogue.find(VendorCatalogue.byId("softhsm2"));
        assertNotNull(softhsm, "SoftHSM2 is missing here: apt install softhsm2");
        for (String name : List.of("softhsm2", "libsofthsm2", "libsofthsm2.so")) {
            TokenConfig config = TokenConfig.builder().module(Path.of(name)).build();
            assertEquals(softhsm, config.module(), name);
            assertEquals(softhsm, TokenConfig.fromUri("pkcs11:?module-name=" + name).module());
        }
    }

    @Test
    void aVendorsIdMeansHisModuleAndNotOnlyHisLibrary() throws Exception {
        Path nss = VendorCatalogue.find(VendorCatalogue.byId("nss"));
        assertNotNull(nss, "NSS is missing here: apt install libnss3");
        TokenConfig fips = TokenConfig.builder().module(Path.of("nss-fips")).build();
        for (TokenConfig config :
                List.of(
                        fips,
                        fips.toBuilder().build(),
                        TokenConfig.fromUri("pkcs11:?module-name=nss-fips"))) {
            assertEquals(nss, config.module());
            assertEquals("FC_GetFunctionList", config.functionList());
        }
        TokenConfig plain = TokenConfig.builder().module(nss).build();
        assertEquals("C_GetFunctionList", plain.functionList());
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, LINUX",
        "Mac OS X, MACOS",
        "Windows Server 2022, WINDOWS",
        "FreeBSD, LINUX"
    })
    void operatingSystems(String name, OperatingSystem system) {
        assertEquals(system, OperatingSystem.named(name));
    }

    private Path directory() {
        return Objects.requireNonNull(directory);
    }
}
