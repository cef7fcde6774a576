package org.sslwrite.pkcs11.pin;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** A PIN as the first line of a file that nobody else can read; see {@link FileGuard}. */
final class PinFile implements PinSource {
    private final Path file;

    PinFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public Pin pin(String token) throws TokenException {
        byte[] bytes = new byte[Pin.MAX_BYTES + 1];
        Path real = real(token);
        try {
            requirePrivate(token, real);
            int length = read(real, bytes);
            if (length > Pin.MAX_BYTES) {
                throw refused(token, "is longer than " + Pin.MAX_BYTES + " bytes");
            }
            return PinSources.pin(token, toString(), firstLine(bytes, length));
        } catch (CharacterCodingException e) {
            throw refused(token, "is not UTF-8", e);
        } catch (IOException e) {
            throw refused(token, unreadable(real), e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** What follows "file:" in a configuration. */
    Path path() {
        return file;
    }

    @Override
    public String toString() {
        return "PIN file " + file;
    }

    /** The file itself, at the end of all links; it is what is looked at, and what is read. */
    private Path real(String token) throws TokenException {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw refused(token, unreachable(e), e);
        }
    }

    private String unreachable(IOException e) {
        return switch (e) {
            case NoSuchFileException none -> "does not exist";
            case AccessDeniedException denied ->
                    "is in a directory that this process may not search; to see which: namei -l "
                            + FileGuard.quoted(file);
            default -> "cannot be reached: " + e.getMessage();
        };
    }

    private static String unreadable(Path real) {
        FileGuard guard = FileGuard.ofThisProcess();
        return guard == null || Files.isReadable(real)
                ? "cannot be read"
                : "cannot be read by this process, " + guard.remedyOfDenial(real);
    }

    private void requirePrivate(String token, Path real) throws IOException, TokenException {
        if (!Files.isRegularFile(real)) {
            throw refused(token, "is not a file");
        }
        FileGuard guard = FileGuard.ofThisProcess();
        if (guard == null) {
            requireOurs(token, real);
            return;
        }
        requireTrustedLinks(token, guard);
        String fault = guard.fault(real, stat(real));
        if (fault != null) {
            throw refused(token, fault);
        }
    }

    private static FileGuard.Stat stat(Path file, LinkOption... options) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:uid,gid,mode", options);
        return new FileGuard.Stat(
                (int) attributes.get("uid"),
                (int) attributes.get("gid"),
                (int) attributes.get("mode"));
    }

    /** Who owns a link says which of our files is read. */
    private void requireTrustedLinks(String token, FileGuard guard)
            throws IOException, TokenException {
        Deque<Path> names = new ArrayDeque<>();
        file.forEach(names::addLast);
        Path at = file.getRoot();
        while (!names.isEmpty()) {
            Path next = at.resolve(names.removeFirst()).normalize();
            if (!Files.isSymbolicLink(next)) {
                at = next;
                continue;
            }
            FileGuard.Stat link = stat(next, LinkOption.NOFOLLOW_LINKS);
            if (!guard.trusts(link.owner())) {
                throw refused(
                        token,
                        "is reached by a link of another user, "
                                + next
                                + "; name the file itself: "
                                + file.toRealPath());
            }
            Path target = Files.readSymbolicLink(next);
            List<Path> parts = new ArrayList<>();
            target.forEach(parts::add);
            parts.reversed().forEach(names::addFirst);
            at = target.isAbsolute() ? target.getRoot() : at;
        }
    }

    /** On Windows: the mode says nothing there. Some of its file systems know no owner. */
    private void requireOurs(String token, Path real) throws IOException, TokenException {
        if (!Files.getFileStore(real).supportsFileAttributeView(FileOwnerAttributeView.class)) {
            return;
        }
        String owner = Files.getOwner(real).getName();
        String user = System.getProperty("user.name");
        // Windows puts the name of the domain before that of the user.
        if (!owner.equals(user) && !owner.endsWith("\\" + user)) {
            throw refused(token, "belongs to another user: make " + user + " its owner");
        }
    }

    private static int read(Path real, byte[] bytes) throws IOException {
        // Not a channel: its cached direct buffer would keep the bytes.
        try (InputStream in = new FileInputStream(real.toFile())) {
            return in.readNBytes(bytes, 0, bytes.length);
        }
    }

    private static char[] firstLine(byte[] bytes, int length) throws CharacterCodingException {
        int start = length >= 3 && isByteOrderMark(bytes) ? 3 : 0;
        int end = start;
        while (end < length && bytes[end] != '\n' && bytes[end] != '\r') {
            end++;
        }
        CharBuffer decoded =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, start, end - start));
        try {
            return Arrays.copyOfRange(decoded.array(), 0, decoded.limit());
        } finally {
            Arrays.fill(decoded.array(), '\0');
        }
    }

    private static boolean isByteOrderMark(byte[] bytes) {
        return bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    }

    private TokenException refused(String token, String why) {
        return refused(token, why, null);
    }

    private TokenException refused(String token, String why, @Nullable Throwable cause) {
        return new TokenException(token + ": the " + this + " " + why, cause);
    }
}
