package org.sslwrite.accel.ipsecmb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A copy of the installed library with a few bytes changed: functions that are missing, or that
 * return something else.
 */
final class PatchedLibrary {
    /** {@code ret} */
    static final int[] DO_NOTHING = {0xC3};

    /** {@code xor eax, eax; ret} */
    static final int[] RETURN_0 = {0x31, 0xC0, 0xC3};

    private static final int PROGRAM_HEADER = 56;
    private static final int SECTION_HEADER = 64;
    private static final int SYMBOL = 24;
    private static final int LOADED = 1;
    private static final int DYNAMIC_SYMBOLS = 11;

    private final ByteBuffer bytes;

    /** Where in the file each symbol's name stands, and where what it names. */
    private record Place(int name, int code) {}

    private final Map<String, Place> symbols = new TreeMap<>();

    PatchedLibrary() throws IOException {
        bytes =
                ByteBuffer.wrap(Files.readAllBytes(InstalledLibrary.get().file()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) bytes.getLong(40);
        int count = bytes.getShort(60);
        for (int i = 0; i < count; i++) {
            int section = sections + i * SECTION_HEADER;
            if (bytes.getInt(section + 4) == DYNAMIC_SYMBOLS) {
                int names = (int) bytes.getLong(sections + bytes.getInt(section + 40) * 64 + 24);
                readSymbols((int) bytes.getLong(section + 24), bytes.getLong(section + 32), names);
            }
        }
    }

    private void readSymbols(int at, long length, int names) {
        for (int symbol = at; symbol < at + length; symbol += SYMBOL) {
            int name = names + bytes.getInt(symbol);
            int end = name;
            while (bytes.get(end) != 0) {
                end++;
            }
            String text = new String(bytes.array(), name, end - name, StandardCharsets.ISO_8859_1);
            long address = bytes.getLong(symbol + 8);
            if (address != 0) {
                symbols.put(text, new Place(name, fileOffset(address)));
            }
        }
    }

    private int fileOffset(long address) {
        int programs = (int) bytes.getLong(32);
        for (int i = 0; i < bytes.getShort(56); i++) {
            int program = programs + i * PROGRAM_HEADER;
            long start = bytes.getLong(program + 16);
            boolean within = address >= start && address < start + bytes.getLong(program + 32);
            if (bytes.getInt(program) == LOADED && within) {
                return (int) (bytes.getLong(program + 8) + address - start);
            }
        }
        return -1;
    }

    /** The symbol is there under another name. */
    PatchedLibrary without(String symbol) {
        bytes.put(place(symbol).name, (byte) '?');
        return this;
    }

    /** The function does this, and nothing of what it did. */
    PatchedLibrary with(String function, int... code) {
        return with(place(function).code, code);
    }

    /** All functions with such names do this. */
    PatchedLibrary withAll(Predicate<String> names, int... code) {
        symbols.forEach(
                (name, place) -> {
                    if (names.test(name)) {
                        with(place.code, code);
                    }
                });
        return this;
    }

    private PatchedLibrary with(int at, int[] code) {
        for (int i = 0; i < code.length; i++) {
            bytes.put(at + i, (byte) code[i]);
        }
        return this;
    }

    private Place place(String symbol) {
        Place place = symbols.get(symbol);
        if (place == null) {
            throw new IllegalArgumentException("no symbol " + symbol);
        }
        return place;
    }

    /** {@code mov eax, number; ret} */
    static int[] returning(int number) {
        return new int[] {
            0xB8, number & 0xFF, number >> 8 & 0xFF, number >> 16 & 0xFF, number >>> 24, 0xC3
        };
    }

    Path writeTo(Path folder) throws IOException {
        return Files.write(folder.resolve("libIPSec_MB.so"), bytes.array());
    }
}
