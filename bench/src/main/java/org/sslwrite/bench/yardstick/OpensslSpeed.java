package org.sslwrite.bench.yardstick;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.protocol.CipherSuite;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code openssl speed -aead}: the cipher of OpenSSL's command with 13 bytes of AAD, on one thread.
 * It measures in whole seconds.
 */
public final class OpensslSpeed {
    /** As in {@code +F:25:AES-128-GCM:5514074209.52}: bytes a second. */
    private static final Pattern RESULT = Pattern.compile("\\+F:\\d+:[^:]*:([0-9.]+)");

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private OpensslSpeed() {}

    /** What the command says of its version; null if there is none. */
    public static @Nullable String version() throws InterruptedException {
        try {
            return Program.run(List.of("openssl", "version"), Map.of(), new byte[0], LIMIT)
                    .out()
                    .strip();
        } catch (AbsentException | IOException e) {
            return null;
        }
    }

    /**
     * Measures for a second.
     *
     * @return nanoseconds for so many bytes
     * @throws AbsentException if there is no such command, or it does not know the cipher
     */
    public static double measure(CipherSuite suite, int size)
            throws AbsentException, IOException, InterruptedException {
        String cipher =
                switch (suite.bulkCipher()) {
                    case AES_128_GCM -> "aes-128-gcm";
                    case AES_256_GCM -> "aes-256-gcm";
                    case CHACHA20_POLY1305 -> "chacha20-poly1305";
                    case AES_128_CBC, AES_256_CBC ->
                            throw new AbsentException("has no CBC with an HMAC");
                };
        List<String> command =
                List.of(
                        "openssl",
                        "speed",
                        "-mr",
                        "-elapsed",
                        "-seconds",
                        "1",
                        "-bytes",
                        Integer.toString(size),
                        "-aead",
                        "-evp",
                        cipher);
        Program.Said said = Program.run(command, Map.of(), new byte[0], LIMIT);
        Matcher result = RESULT.matcher(said.out());
        if (!result.find()) {
            throw new AbsentException("openssl speed printed no result");
        }
        double bytesASecond = Double.parseDouble(result.group(1));
        if (!(bytesASecond > 0)) {
            throw new AbsentException("openssl speed printed a result of " + bytesASecond);
        }
        return size / bytesASecond * 1e9;
    }
}
