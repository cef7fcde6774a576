package org.sslwrite.differential;

import org.sslwrite.bio.Bio;
import org.sslwrite.bio.BioPair;
import org.sslwrite.bio.MemoryBio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Each implementation's own transports in memory: the pair and the growing buffer. */
final class PlainWires {
    private PlainWires() {}

    /** Our pair; each direction holds so many bytes. */
    static RecordTransport ourPair(int capacity) {
        BioPair pair = new BioPair(capacity, capacity);
        return new Ours(pair.first(), pair.second(), pair.second());
    }

    /** Our memory buffers, one for each direction. */
    static RecordTransport ourMemory() {
        MemoryBio out = new MemoryBio();
        MemoryBio in = new MemoryBio();
        return new Ours(new TwoWay(in, out), out, in);
    }

    /** OpenSSL's pair; each direction holds so many bytes. */
    static RecordTransport theirPair(int capacity) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment near = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment far = arena.allocate(ValueLayout.ADDRESS);
            LibSsl.check(
                    LibSsl.BIO_new_bio_pair(near, capacity, far, capacity), "BIO_new_bio_pair");
            MemorySegment ours = near.get(ValueLayout.ADDRESS, 0);
            MemorySegment theirs = far.get(ValueLayout.ADDRESS, 0);
            return new Theirs(new RecordTransport.NativeEnds(ours, ours), theirs, theirs, true);
        }
    }

    /** OpenSSL's memory buffers, one for each direction. */
    static RecordTransport theirMemory() {
        MemorySegment out = LibSsl.BIO_new(LibSsl.BIO_s_mem());
        MemorySegment in = LibSsl.BIO_new(LibSsl.BIO_s_mem());
        LibSsl.BIO_set_mem_eof_return(in, -1);
        LibSsl.BIO_set_mem_eof_return(out, -1);
        return new Theirs(new RecordTransport.NativeEnds(in, out), out, in, false);
    }

    /** Reads from one transport and writes to another. */
    private record TwoWay(Bio in, Bio out) implements Bio {
        @Override
        public int read(ByteBuffer dst) throws IOException {
            return in.read(dst);
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return out.write(src);
        }

        @Override
        public void close() {}
    }

    private record Ours(Bio bio, Bio far, Bio toSubject) implements RecordTransport {
        @Override
        public NativeEnds nativeEnds() {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] take() {
            byte[] all = new byte[0];
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            try {
                while (far.read(chunk.clear()) > 0) {
                    int at = all.length;
                    all = Arrays.copyOf(all, at + chunk.position());
                    chunk.flip().get(all, at, chunk.remaining());
                }
                return all;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public int give(byte[] source, int offset, int length) {
            try {
                return Math.max(0, toSubject.write(ByteBuffer.wrap(source, offset, length)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void end() {
            try {
                toSubject.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {}
    }

    private record Theirs(
            NativeEnds nativeEnds, MemorySegment far, MemorySegment toSubject, boolean isPair)
            implements RecordTransport {
        @Override
        public Bio bio() {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] take() {
            return NativeMemory.readAll(far);
        }

        @Override
        public int give(byte[] source, int offset, int length) {
            return NativeMemory.write(toSubject, source, offset, length);
        }

        @Override
        public void end() {
            if (isPair) {
                LibSsl.BIO_shutdown_wr(toSubject);
            } else {
                LibSsl.BIO_set_mem_eof_return(toSubject, 0);
            }
        }

        /** The subject frees its end. */
        @Override
        public void close() {
            if (isPair) {
                LibSsl.BIO_free(far);
            }
        }
    }
}
