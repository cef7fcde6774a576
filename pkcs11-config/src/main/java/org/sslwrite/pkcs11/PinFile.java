package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A PIN as the first line of a file that only its user can read. */
final class PinFile implements PinSource {
    private static final Set<PosixFilePermission> FOR_OTHERS =
            EnumSet.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private final Path file;

    PinFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public Pin pin(String token) throws TokenException {
        byte[] bytes = new byte[Pin.MAX_BYTES + 1];
        try {
            requirePrivate(token);
            int length = read(bytes);
            if (length > Pin.MAX_BYTES) {
                throw refused(token, "is longer than " + Pin.MAX_BYTES + " bytes");
            }
            return PinSources.pin(token, toString(), firstLine(bytes, length));
        } catch (NoSuchFileException e) {
            throw refused(token, "does not exist", e);
        } catch (CharacterCodingException e) {
            throw refused(token, "is not UTF-8", e);
        } catch (IOException e) {
            throw refused(token, "cannot be read", e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "PIN file " + file;
    }

    private void requirePrivate(String token) throws IOException, TokenException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isRegularFile(file)) {
            throw refused(token, "is not a file");
        }
        if (hasOwner(file) && !isOurs(file)) {
            throw refused(token, "belongs to another user; use: chown \"$USER\" " + file);
        }
        Set<PosixFilePermission> mode = mode(file);
        if (mode.removeAll(FOR_OTHERS)) {
            throw refused(token, "can be used by others; use: chmod 600 " + file);
        }
    }

    /** Some file systems of Windows know no owner. */
    private static boolean hasOwner(Path file) {
        try {
            return Files.getFileStore(file).supportsFileAttributeView(FileOwnerAttributeView.class);
        } catch (IOException e) {
            return true; // a chroot's root is not in the list of mounts; its files have owners
        }
    }

    private static Set<PosixFilePermission> mode(Path file) throws IOException {
        try {
            Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
            mode.addAll(Files.readAttributes(file, PosixFileAttributes.class).permissions());
            return mode;
        } catch (UnsupportedOperationException e) {
            return EnumSet.noneOf(PosixFilePermission.class); // Windows: the owner has been checked
        }
    }

    /**
     * Java has no word for who runs the process. Its name is not in the list of users in many
     * containers; and Linux shows root as the owner of a process with capabilities.
     */
    private static boolean isOurs(Path file) throws IOException {
        String owner = Files.getOwner(file).getName();
        Path self = Path.of("/proc/self");
        return owner.equals("root")
                || isNameOf(owner, System.getProperty("user.name"))
                || (Files.exists(self) && owner.equals(Files.getOwner(self).getName()));
    }

    /** Windows puts the name of the domain before that of the user. */
    private static boolean isNameOf(String owner, @Nullable String user) {
        return user != null && (owner.equals(user) || owner.endsWith("\\" + user));
    }

    private int read(byte[] bytes) throws IOException {
        // Not a channel: its cached direct buffer would keep the bytes.
        try (InputStream in = new FileInputStream(file.toFile())) {
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
