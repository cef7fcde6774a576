package org.sslwrite.pkcs11.cryptoki.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Against what GCC makes of the header on 64-bit Linux: sizeof and offsetof. */
class LayoutsTest {
    static Stream<Arguments> sizes() {
        return Stream.of(
                Arguments.of(Layouts.INITIALIZE_ARGS, 56),
                Arguments.of(Layouts.INFO, 88),
                Arguments.of(Layouts.SLOT_INFO, 112),
                Arguments.of(Layouts.TOKEN_INFO, 208),
                Arguments.of(Layouts.SESSION_INFO, 32),
                Arguments.of(Layouts.MECHANISM_INFO, 24),
                Arguments.of(Layouts.MECHANISM, 24),
                Arguments.of(Layouts.ATTRIBUTE, 24),
                Arguments.of(Layouts.INTERFACE, 24),
                Arguments.of(Layouts.GCM_PARAMS, 48),
                Arguments.of(Layouts.GCM_PARAMS_WITHOUT_IV_BITS, 40),
                Arguments.of(Layouts.SALSA20_CHACHA20_POLY1305_PARAMS, 32),
                Arguments.of(Layouts.GCM_MESSAGE_PARAMS, 48),
                Arguments.of(Layouts.RSA_PKCS_PSS_PARAMS, 24));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void sizeof(StructLayout structure, long bytes) {
        assertEquals(bytes, structure.byteSize());
    }

    static Stream<Arguments> offsets() {
        return Stream.of(
                Arguments.of(Layouts.INITIALIZE_ARGS, "flags", 32),
                Arguments.of(Layouts.INITIALIZE_ARGS, "pReserved", 40),
                Arguments.of(Layouts.INFO, "flags", 40),
                Arguments.of(Layouts.INFO, "libraryDescription", 48),
                Arguments.of(Layouts.INFO, "libraryVersion", 80),
                Arguments.of(Layouts.SLOT_INFO, "flags", 96),
                Arguments.of(Layouts.SLOT_INFO, "firmwareVersion", 106),
                Arguments.of(Layouts.TOKEN_INFO, "serialNumber", 80),
                Arguments.of(Layouts.TOKEN_INFO, "flags", 96),
                Arguments.of(Layouts.TOKEN_INFO, "ulMaxSessionCount", 104),
                Arguments.of(Layouts.TOKEN_INFO, "ulRwSessionCount", 128),
                Arguments.of(Layouts.TOKEN_INFO, "firmwareVersion", 186),
                Arguments.of(Layouts.GCM_PARAMS, "ulTagBits", 40),
                Arguments.of(Layouts.GCM_PARAMS_WITHOUT_IV_BITS, "ulTagBits", 32),
                Arguments.of(Layouts.GCM_MESSAGE_PARAMS, "pTag", 32));
    }

    @ParameterizedTest
    @MethodSource("offsets")
    void offsetof(StructLayout structure, String member, long bytes) {
        assertEquals(bytes, Layouts.offset(structure, member));
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("web                             ", "web"),
                Arguments.of("web\0                            ", "web"),
                Arguments.of("web\0\0\0", "web"),
                Arguments.of(" a b ", " a b"),
                Arguments.of("red\33[31m\nline", "red?[31m?line"),
                Arguments.of(
                        "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
                Arguments.of("", ""),
                Arguments.of("grün", "grün"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void textsAreTrimmedAndFitToPrint(String given, String read) {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.TOKEN_INFO);
            Memory.put(info.address(), given.getBytes(StandardCharsets.UTF_8));
            assertEquals(read, info.text("label"));
        }
    }

    @Test
    void versions() {
        try (Arena arena = Arena.ofConfined()) {
            Structure info = new Structure(arena, Layouts.INFO);
            Memory.put(info.address(), new byte[] {2, 40});
            assertEquals("2.40", info.version("cryptokiVersion"));
        }
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of(0, Integer.MAX_VALUE, 0), // CK_EFFECTIVELY_INFINITE
                Arguments.of(-1, Integer.MAX_VALUE, -1), // CK_UNAVAILABLE_INFORMATION
                Arguments.of(16, 16, 16),
                Arguments.of(Long.MAX_VALUE, Integer.MAX_VALUE, -1),
                Arguments.of(-2, Integer.MAX_VALUE, -1));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void countsOfSessions(long given, int limit, int count) {
        try (Arena arena = Arena.ofConfined()) {
            Structure info =
                    new Structure(arena, Layouts.TOKEN_INFO)
                            .ulong("ulMaxSessionCount", given)
                            .ulong("ulSessionCount", given);
            assertEquals(limit, TokenInfo.of(info).maxSessions());
            assertEquals(count, TokenInfo.of(info).sessions());
        }
    }
}
