package org.sslwrite.pkcs11.cryptoki.ffi;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The length that an ELF library (Linux) must have at least. The dynamic loader maps its segments
 * without looking at the file's length, and a page of theirs that is not there kills the process
 * (SIGBUS).
 */
final class ElfFile {
    private static final int MAGIC = 0x7F454C46;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int LOADED_SEGMENT = 1;

    private ElfFile() {}

    /** Whether a segment ends behind the file's end; false for what is no 64-bit ELF file. */
    static boolean isCutOff(Path library) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "r")) {
            ByteBuffer header = read(file, 0, HEADER_BYTES);
            if (header.getInt(0) != MAGIC || header.get(4) != CLASS_64) {
                return false;
            }
            header.order(header.get(5) == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : header.order());
            long table = header.getLong(32);
            int size = Math.max(SEGMENT_BYTES, Short.toUnsignedInt(header.getShort(54)));
            int count = Short.toUnsignedInt(header.getShort(56));
            for (int i = 0; i < count; i++) {
                ByteBuffer segment = read(file, table + (long) i * size, SEGMENT_BYTES);
                segment.order(header.order());
                long end = segment.getLong(8) + segment.getLong(32);
                if (segment.getInt(0) == LOADED_SEGMENT && (end < 0 || end > file.length())) {
                    return true;
                }
            }
            return false;
        } catch (EOFException e) {
            return true;
        }
    }

    private static ByteBuffer read(RandomAccessFile file, long at, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.seek(Math.max(0, at));
        file.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
