package org.sslwrite.softhsm.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A token that another program makes while SoftHSM is loaded. In a process of its own, for where
 * SunPKCS11 has used the module it is never finalized.
 */
@Timeout(120)
class LateTokenTest {
    private static final String LABEL = "late";
    private static final String PIN = "12345678";

    @Test
    void aTokenThatIsMadeLaterIsFound() throws Exception {
        String reason = SoftwareToken.reasonAgainst(Kind.SOFTHSM);
        assumeTrue(reason == null, reason);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(LateTokenTest.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("while another is open: has no token"), output);
        assertTrue(output.contains("then: found"), output);
    }

    /** In the other process. */
    public static void main(String[] arguments) throws Exception {
        try (SoftwareToken first = SoftwareToken.create(Kind.SOFTHSM)) {
            TokenConfig late =
                    first.config().toBuilder()
                            .token(new TokenSelector.ByLabel(LABEL))
                            .pin(PinSource.of(PIN.toCharArray()))
                            .build();
            try (TokenConnection other = new TokenConnection(first.config())) {
                other.token();
                make(first);
                System.out.println("while another is open: " + opening(late, 1));
            }
            System.out.println("then: " + opening(late, 100));
        }
    }

    private static void make(SoftwareToken token) throws IOException, InterruptedException {
        ProcessBuilder tool =
                new ProcessBuilder(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        LABEL,
                        "--pin",
                        PIN,
                        "--so-pin",
                        PIN);
        tool.environment().putAll(token.environment());
        int exit = tool.inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("softhsm2-util: " + exit);
        }
    }

    /** It is not tried more often than every half second. */
    private static String opening(TokenConfig config, int attempts) throws InterruptedException {
        String message = "";
        for (int i = 0; i < attempts; i++) {
            try (TokenConnection connection = new TokenConnection(config)) {
                connection.token();
                return "found";
            } catch (TokenException e) {
                message = e.getMessage().replaceFirst("^.*? has no ", "has no ");
            }
            Thread.sleep(100);
        }
        return message;
    }
}
