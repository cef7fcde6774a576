package org.sslwrite.cli;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file while it is served: opened once, whatever its name stands for later. What others add to it
 * meanwhile is not sent; that something is missing is an error.
 *
 * <p>Its first piece is read at once. A file that ends there has the length that was read, whatever
 * the file system says: files of {@code /proc} have no size, those of {@code /sys} that of a page.
 */
final class ServedFile implements Closeable {
    /** Bytes read and written at once: small enough for a thousand connections at a time. */
    static final int PIECE = 128 * 1024;

    /** Room for the head of the answer in front of the first piece: they are written together. */
    private static final int HEAD = 1024;

    private static final byte[] END_OF_CHUNK = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long UNKNOWN = -1;

    private final Path file;
    private final String type;
    private final FileChannel channel;
    private final Arena arena;
    private final ByteBuffer piece;
    private final long length;

    /** Bytes in the first piece. */
    private final int first;

    private ServedFile(Path file, String type, FileChannel channel, Arena arena)
            throws IOException {
        this.file = file;
        this.type = type;
        this.channel = channel;
        this.arena = arena;
        this.piece = arena.allocate(HEAD + PIECE + END_OF_CHUNK.length).asByteBuffer();
        long size = channel.size();
        piece.position(HEAD).limit(HEAD + PIECE);
        boolean ended = fill();
        this.first = piece.position() - HEAD;
        if (ended) {
            length = first;
        } else {
            length = size > first ? size : UNKNOWN;
        }
    }

    /**
     * Opens a file and reads its first piece.
     *
     * @param file no symbolic link, at least when its name was looked up
     * @param type as in Content-Type
     */
    static ServedFile open(Path file, String type) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        Arena arena = Arena.ofConfined();
        ServedFile opened = null;
        try {
            opened = new ServedFile(file, type, channel, arena);
            return opened;
        } finally {
            if (opened == null) {
                arena.close();
                channel.close();
            }
        }
    }

    /** As in Content-Type. */
    String type() {
        return type;
    }

    /** Bytes that will be sent; negative if that is not known before the end. */
    long length() {
        return length;
    }

    /**
     * Sends the head of an answer and all of the file; once.
     *
     * @param chunked in chunks (RFC 9112 section 7.1)
     * @throws CommandFailure if it has fewer bytes than {@link #length}, or cannot be read
     */
    void send(byte[] head, boolean chunked, TlsConnection connection)
            throws CommandFailure, TlsFailure {
        connection.write(framed(head, chunked));
        long sent = first;
        while (sent != length) {
            int n = readPiece(sent);
            if (n < 0) {
                break;
            }
            connection.write(framed(new byte[0], chunked));
            sent += n;
        }
        if (chunked) {
            connection.write(ByteBuffer.wrap(LAST_CHUNK));
        }
    }

    /** What is to be written: what comes before the piece, and the piece. */
    private ByteBuffer framed(byte[] head, boolean chunked) {
        byte[] size = {};
        if (chunked) {
            int n = piece.position() - HEAD;
            size = (Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            piece.limit(piece.capacity()).put(END_OF_CHUNK);
        }
        int start = HEAD - size.length - head.length;
        piece.put(start, head).put(start + head.length, size);
        return piece.flip().position(start);
    }

    /**
     * @return bytes read, or -1 at the end if that was not known
     */
    private int readPiece(long sent) throws CommandFailure {
        long most = length == UNKNOWN ? PIECE : Math.min(PIECE, length - sent);
        piece.clear().position(HEAD).limit(HEAD + (int) most);
        int n;
        try {
            n = channel.read(piece);
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
        if (n < 0 && length != UNKNOWN) {
            throw new CommandFailure(
                    file + ": changed while it was read: it had " + length + " bytes, now " + sent);
        }
        return n;
    }

    /**
     * @return whether the end was reached before the piece was full
     */
    private boolean fill() throws IOException {
        while (piece.hasRemaining()) {
            if (channel.read(piece) < 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        arena.close();
        try {
            channel.close();
        } catch (IOException e) {
            // it was only read from: nothing is lost
        }
    }
}
