package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.jmh.Tokens;
import org.sslwrite.bench.yardstick.TokenLoop;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.pin.CachedPin;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.softhsm.SoftwareToken;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * A token that is measured: opened once to see that it can be used, and described to other
 * processes, which get its PIN by a pipe. The PIN is asked for once.
 */
public final class BenchToken implements AutoCloseable {
    private final String name;
    private final String text;
    private final TokenConfig config;
    private final CachedPin pin;
    private final @Nullable SoftwareToken software;
    private final Facts facts;

    /**
     * What the token said of itself.
     *
     * @param hasMessages whether its module has the message interface
     */
    private record Facts(String label, String serial, String words, boolean hasMessages) {}

    private BenchToken(
            String name,
            String text,
            TokenConfig config,
            CachedPin pin,
            @Nullable SoftwareToken software)
            throws TokenException {
        this.name = name;
        this.text = text;
        this.config = config.toBuilder().pin(pin).build();
        this.pin = pin;
        this.software = software;
        this.facts = facts();
    }

    private Facts facts() throws TokenException {
        try (TokenConnection connection = new TokenConnection(config)) {
            CryptokiToken token = connection.token();
            TokenInfo info = token.info();
            return new Facts(
                    info.label(),
                    info.serial(),
                    info.manufacturer() + " " + info.model(),
                    token.module().hasMessageInterface());
        }
    }

    /**
     * Opens what {@code --token} names: {@code softhsm}, {@code nss} or a {@code pkcs11:} URI.
     *
     * @throws RunException if it cannot be used
     */
    public static BenchToken named(String text) throws RunException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "softhsm" -> softhsm();
            case "nss" -> nss();
            default -> {
                if (!Tokens.isUri(text)) {
                    // In a URI that is misspelt there may be a PIN.
                    String shown = text.matches("[A-Za-z]{1,20}") ? " " + text : "";
                    throw new RunException(
                            "--token" + shown + " is neither softhsm, nss nor a pkcs11: URI", null);
                }
                yield described(text);
            }
        };
    }

    /**
     * Opens what a {@code pkcs11:} URI or the path of a configuration describes.
     *
     * @throws RunException if it cannot be used
     */
    public static BenchToken described(String text) throws RunException {
        try {
            TokenConfig config = Tokens.described(text);
            return new BenchToken(
                    config.name(), text, config, PinSource.remembering(config.pin()), null);
        } catch (TokenException e) {
            throw new RunException(e.getMessage(), e);
        }
    }

    /** A throw-away token of this process, which the others find by its label. */
    private static BenchToken softhsm() throws RunException {
        SoftwareToken made = null;
        try {
            made = SoftwareToken.create(SoftwareToken.Kind.SOFTHSM);
            TokenConfig config = made.config();
            if (!(config.token() instanceof TokenSelector.ByLabel label)) {
                throw new TokenException("the throw-away token has no label");
            }
            String uri =
                    "pkcs11:token="
                            + encoded(label.label())
                            + "?module-path="
                            + encoded(config.module().toString());
            BenchToken token =
                    new BenchToken(
                            "SoftHSM2", uri, config, PinSource.remembering(config.pin()), made);
            made = null;
            return token;
        } catch (TokenException e) {
            throw new RunException(e.getMessage(), e);
        } finally {
            if (made != null) {
                made.close();
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** It has no database, so each process has its own. */
    private static BenchToken nss() throws RunException {
        try (SoftwareToken made = SoftwareToken.create(SoftwareToken.Kind.NSS)) {
            return new BenchToken(
                    "NSS", "nss", made.config(), PinSource.remembering(PinSource.none()), null);
        } catch (TokenException e) {
            throw new RunException(e.getMessage(), e);
        }
    }

    /** Its name in the report, the same in every run. */
    public String name() {
        return name;
    }

    /** As {@link Tokens} has it. */
    String text() {
        return text;
    }

    /** What it is, for the report; the label of a throw-away token is another each time. */
    String words() {
        String label = isSoftware() ? "" : facts.label + ", ";
        return label + facts.words + ", " + config.module();
    }

    TokenConfig config() {
        return config;
    }

    boolean hasMessages() {
        return facts.hasMessages;
    }

    /** Whether it is software on the CPU that it is compared with. */
    boolean isSoftware() {
        return software != null || text.equals("nss");
    }

    /** A copy for the caller to close; null if it is used without login. */
    @Nullable Pin pin() throws TokenException {
        return pin.pin(name);
    }

    /** What another process must have in its environment to find it. */
    Map<String, String> environment() {
        return software == null ? Map.of() : software.environment();
    }

    /** As the loop in C finds it; the caller closes the PIN. */
    TokenLoop.Target target(@Nullable Pin itsPin) {
        return new TokenLoop.Target(config, facts.label, facts.serial, itsPin, environment());
    }

    /** Forgets the PIN; a throw-away token is gone. */
    @Override
    public void close() {
        pin.close();
        if (software != null) {
            software.close();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
