package org.sslwrite.accel.ipsecmb;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * What can be known of a shared library before it is loaded. The dynamic loader maps what the
 * program headers promise and does not look whether the file is long enough: with a truncated file
 * the process dies. ELF-64, as in elf(5).
 */
final class ElfFile {
    private static final int HEADER = 64;
    private static final int MAGIC = 0x7F454C46;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int SHARED_OBJECT = 3;
    private static final int X86_64 = 62;

    private static final int PROGRAM_HEADER = 56;
    private static final int LOADED = 1;
    private static final int DYNAMIC = 2;

    private ElfFile() {}

    /** Why the file is no whole shared library for x86-64; null if it looks like one. */
    static @Nullable String objection(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < HEADER) {
                return "no shared library: " + size + " bytes";
            }
            ByteBuffer header = read(channel, 0, HEADER);
            String objection = objectionTo(header);
            return objection != null ? objection : objectionTo(channel, header, size);
        }
    }

    private static @Nullable String objectionTo(ByteBuffer header) {
        if (Integer.reverseBytes(header.getInt(0)) != MAGIC) {
            return "no shared library: not an ELF file";
        }
        if (header.get(4) != CLASS_64
                || header.get(5) != LITTLE_ENDIAN
                || header.getShort(18) != X86_64) {
            return "a file for another machine than x86-64";
        }
        return header.getShort(16) == SHARED_OBJECT ? null : "an ELF file, but no shared library";
    }

    private static @Nullable String objectionTo(FileChannel channel, ByteBuffer header, long size)
            throws IOException {
        long offset = header.getLong(32);
        int count = Short.toUnsignedInt(header.getShort(56));
        int length = PROGRAM_HEADER * count;
        if (header.getShort(54) != PROGRAM_HEADER || !isWithin(offset, length, size)) {
            return "truncated or damaged: its program headers are missing";
        }
        ByteBuffer programs = read(channel, offset, length);
        boolean loaded = false;
        boolean dynamic = false;
        for (int at = 0; at < length; at += PROGRAM_HEADER) {
            int type = programs.getInt(at);
            loaded |= type == LOADED;
            dynamic |= type == DYNAMIC;
            if (type == LOADED
                    && !isWithin(programs.getLong(at + 8), programs.getLong(at + 32), size)) {
                return "truncated: %,d bytes, less than it says it has".formatted(size);
            }
        }
        return loaded && dynamic ? null : "damaged: it has nothing to load";
    }

    private static boolean isWithin(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("it became shorter while it was read");
            }
        }
        return bytes;
    }
}
