package org.sslwrite.bench.yardstick;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.WrongBytesException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.protocol.ContentType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A loop in C over a token's C API, AES-128-GCM: the most that anybody gets out of the token with
 * one session. Compiled when it is made.
 */
public final class TokenLoop implements AutoCloseable {
    private static final String SOURCE = "token_loop.c";
    private static final int TAG = 16;
    private static final Duration COMPILING = Duration.ofSeconds(60);
    private static final Duration SLACK = Duration.ofSeconds(20);

    private final Path folder;

    private TokenLoop(Path folder) {
        this.folder = folder;
    }

    /** The function of the C API that encrypts. */
    public enum Way {
        /** C_EncryptInit and C_Encrypt for each record. */
        CALL,
        /** C_MessageEncryptInit once, and C_EncryptMessage for each record. */
        MESSAGE
    }

    /**
     * Which token, as a process finds it.
     *
     * @param pin null for no login; stays the caller's
     * @param environment what the module needs to find it
     */
    public record Target(
            TokenConfig config,
            String label,
            String serial,
            @Nullable Pin pin,
            Map<String, String> environment) {}

    /**
     * Compiles it with {@code cc}.
     *
     * @throws AbsentException if there is no C compiler, or it refuses
     */
    public static TokenLoop compile() throws AbsentException, IOException, InterruptedException {
        Path folder = Files.createTempDirectory("sslwrite-bench");
        TokenLoop loop = new TokenLoop(folder);
        boolean compiled = false;
        try (InputStream source = TokenLoop.class.getResourceAsStream(SOURCE)) {
            if (source == null) {
                throw new IOException(SOURCE + " is not in the jar");
            }
            Files.copy(source, folder.resolve(SOURCE));
            Program.run(
                    List.of(
                            "cc",
                            "-O2",
                            "-std=gnu11",
                            "-o",
                            loop.program(),
                            folder.resolve(SOURCE).toString(),
                            "-ldl"),
                    Map.of(),
                    new byte[0],
                    COMPILING);
            compiled = true;
            return loop;
        } catch (AbsentException e) {
            throw new AbsentException("cannot be compiled: " + e.getMessage(), e);
        } finally {
            if (!compiled) {
                loop.close();
            }
        }
    }

    private String program() {
        return folder.resolve("token_loop").toString();
    }

    /**
     * Measures one size, after as long a time as one iteration takes to warm up.
     *
     * @param size bytes of content in a record
     * @return nanoseconds a record, one for each iteration
     * @throws AbsentException if the token cannot do it that way
     * @throws WrongBytesException if the first record is not what the JDK would open
     */
    public List<Double> measure(Target target, Way way, int size, Duration iteration, int count)
            throws AbsentException, WrongBytesException, IOException, InterruptedException {
        byte[] key = new byte[16];
        new SecureRandom().nextBytes(key);
        TokenConfig config = target.config;
        Duration limit = iteration.multipliedBy(count + 1).plus(SLACK);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program(),
                                config.module().toString(),
                                target.label,
                                target.serial,
                                way == Way.MESSAGE ? "message" : "call",
                                config.privateTrafficKeys() ? "1" : "0",
                                Integer.toString(size),
                                Long.toString(iteration.toMillis()),
                                Integer.toString(count),
                                Long.toString(limit.toSeconds())));
        if (config.libraryParameters() != null) {
            command.add(config.libraryParameters());
        }
        byte[] in = lines(target.pin, key);
        try {
            String out = Program.run(command, target.environment, in, limit).out();
            requireRight(out, key, size);
            return nanoseconds(out, count);
        } finally {
            Arrays.fill(in, (byte) 0);
        }
    }

    /** The PIN and the key in hexadecimal. */
    private static byte[] lines(@Nullable Pin pin, byte[] key) throws IOException {
        byte[] utf8 = pin == null ? new byte[0] : pin.utf8();
        try (WipedBytes lines = new WipedBytes(2 * (utf8.length + key.length) + 2)) {
            for (byte[] line : List.of(utf8, key)) {
                for (byte b : line) {
                    lines.write(HexFormat.of().toHighHexDigit(b));
                    lines.write(HexFormat.of().toLowHexDigit(b));
                }
                lines.write('\n');
            }
            return lines.toByteArray();
        } finally {
            Arrays.fill(utf8, (byte) 0);
        }
    }

    private static final class WipedBytes extends ByteArrayOutputStream {
        WipedBytes(int size) {
            super(size);
        }

        @Override
        public void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }

    /** The program's own words say what its first record is made of. */
    private static void requireRight(String out, byte[] key, int size) throws WrongBytesException {
        byte[] wanted = new byte[size + 1];
        Arrays.fill(wanted, 0, size, (byte) 'x');
        wanted[size] = ContentType.APPLICATION_DATA;
        int length = size + 1 + TAG;
        byte[] aad = {ContentType.APPLICATION_DATA, 3, 3, (byte) (length >> 8), (byte) length};
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(key, "AES"),
                    new GCMParameterSpec(TAG * 8, new byte[12]));
            cipher.updateAAD(aad);
            byte[] opened = cipher.doFinal(HexFormat.of().parseHex(after(out, "record ")));
            if (!Arrays.equals(wanted, opened)) {
                throw new WrongBytesException("other bytes came out of the loop's first record");
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new WrongBytesException(
                    "the loop's first record cannot be opened: " + e.getMessage(), e);
        }
    }

    private static String after(String out, String word) {
        return out.lines()
                .filter(line -> line.startsWith(word))
                .findFirst()
                .map(line -> line.substring(word.length()))
                .orElse("");
    }

    private static List<Double> nanoseconds(String out, int count) throws AbsentException {
        List<Double> all = new ArrayList<>();
        for (String line : out.lines().filter(line -> line.startsWith("ns ")).toList()) {
            all.add(Double.parseDouble(line.substring(3)));
        }
        if (all.size() != count) {
            throw new AbsentException("the loop printed " + all.size() + " times, not " + count);
        }
        return all;
    }

    /** Deletes what was compiled, as far as it can be. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(Path.of(program()));
            Files.deleteIfExists(folder.resolve(SOURCE));
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            return; // some files more for temporary ones
        }
    }
}
