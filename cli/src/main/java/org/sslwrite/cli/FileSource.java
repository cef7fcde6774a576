package org.sslwrite.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file, or standard input, read front to back in pieces, never as a whole. */
final class FileSource implements Closeable {
    /** Of a source whose end is not known before it is reached: standard input, a pipe. */
    static final long UNKNOWN = -1;

    private final Path file;
    private final ReadableByteChannel channel;
    private final long size;
    private long read;

    private FileSource(Path file, ReadableByteChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    /** Opens a file; {@code -} stands for standard input. */
    static FileSource open(Path file) throws CommandFailure {
        if (file.toString().equals("-")) {
            return new FileSource(
                    Path.of("standard input"), Channels.newChannel(System.in), UNKNOWN);
        }
        InputFiles.requireReadable(file);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            return new FileSource(
                    file, channel, Files.isRegularFile(file) ? channel.size() : UNKNOWN);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    /** Bytes in it when it was opened, or {@link #UNKNOWN}. */
    long size() {
        return size;
    }

    /**
     * Reads the next piece.
     *
     * @param piece is filled from its position on; fewer bytes than fit do not mean the end
     * @return false at the end
     * @throws CommandFailure also if the end is not where it was when the file was opened
     */
    boolean read(ByteBuffer piece) throws CommandFailure {
        try {
            int n = channel.read(piece);
            read += Math.max(n, 0);
            if (size != UNKNOWN && (n < 0 ? read != size : read > size)) {
                throw new CommandFailure(
                        file
                                + ": changed while it was read: it had "
                                + size
                                + " bytes, now "
                                + sizeNow());
            }
            return n >= 0;
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    private long sizeNow() throws IOException {
        return channel instanceof FileChannel open ? Math.max(open.size(), read) : read;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it was only read from: nothing is lost
        }
    }
}
