package org.sslwrite.pkcs11.config;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.SettingsText.Setting;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a configuration of a file's settings. */
final class TokenFile {
    private static final Set<String> KEYS =
            Set.of(
                    "name",
                    "vendor",
                    "module",
                    "token-label",
                    "token-serial",
                    "slot-id",
                    "slot-index",
                    "pin-source",
                    "key-label",
                    "key-id",
                    "engine",
                    "library-parameters",
                    "function-list",
                    "call-timeout",
                    "max-sessions",
                    "private-traffic-keys",
                    "max-fragment",
                    "message-encryption");

    /** The quotes of its ends, and none of them within. */
    private static final Pattern QUOTED = Pattern.compile("(\"|')((?:(?!\\1).)*)\\1");

    private static final Pattern COMMENT = Pattern.compile("\\s#");

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m)");

    private final SettingsText text;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private TokenFile(SettingsText text) {
        this.text = text;
    }

    static TokenConfig parse(SettingsText text) throws TokenConfigException {
        TokenFile file = new TokenFile(text);
        for (Setting setting : text.settings()) {
            file.take(setting);
        }
        return file.config();
    }

    /** What a setting does with its value; refuses it with an IllegalArgumentException. */
    @FunctionalInterface
    private interface Use {
        void accept(String value) throws TokenConfigException;
    }

    private void take(Setting setting) throws TokenConfigException {
        String key = setting.key();
        if (key.equals("pin") || key.equals("pin-value")) {
            throw text.error(
                    setting.line(),
                    "a PIN does not belong into this file; write it into a file of its own (chmod"
                            + " 600) and set pin-source = file:/path");
        }
        if (!KEYS.contains(key)) {
            throw text.error(
                    setting.line(),
                    "unknown key "
                            + key
                            + "; there are: "
                            + String.join(", ", new TreeSet<>(KEYS)));
        }
        Setting earlier = settings.put(key, meant(setting));
        if (earlier != null) {
            throw text.error(
                    setting.line(),
                    key + " is set in line " + earlier.line() + " already; remove one of them");
        }
        if (settings.get(key).value().isEmpty()) {
            throw text.error(setting.line(), key + " has no value; remove the line");
        }
    }

    /** What is meant by a value: quotes around it are no part of it. */
    private Setting meant(Setting setting) throws TokenConfigException {
        String value = setting.value();
        Matcher quoted = QUOTED.matcher(value);
        if (quoted.matches()) {
            return new Setting(setting.line(), setting.key(), quoted.group(2));
        }
        // Whether a comment or a part of the value is meant, nobody can tell.
        if (COMMENT.matcher(value).find()) {
            throw text.error(
                    setting.line(),
                    setting.key()
                            + ": a comment has a line of its own: move it there, or put the value"
                            + " in quotes if it ends behind the #");
        }
        return setting;
    }

    private TokenConfig config() throws TokenConfigException {
        TokenConfig.Builder builder = TokenConfig.builder();
        use("name", builder::name);
        use("vendor", id -> builder.vendor(VendorCatalogue.byId(id)));
        use("module", path -> builder.module(Path.of(path)));
        use("pin-source", source -> builder.pin(PinSource.parse(source)));
        use("engine", name -> builder.engine(engine(name)));
        use("library-parameters", builder::libraryParameters);
        use("function-list", builder::functionList);
        use("call-timeout", time -> builder.callTimeout(duration(time)));
        use("max-sessions", count -> builder.maxSessions(count(count)));
        use("private-traffic-keys", is -> builder.privateTrafficKeys(truth(is)));
        use("max-fragment", bytes -> builder.maxFragment(count(bytes)));
        use("message-encryption", is -> builder.messageEncryption(truth(is)));
        token(builder);
        key(builder);
        try {
            return builder.build();
        } catch (TokenConfigException e) {
            Setting module = settings.getOrDefault("module", settings.get("vendor"));
            throw module == null
                    ? new TokenConfigException(text.name() + ": " + e.getMessage(), e)
                    : text.error(module.line(), String.valueOf(e.getMessage()));
        }
    }

    private void use(String key, Use use) throws TokenConfigException {
        Setting setting = settings.get(key);
        if (setting == null) {
            return;
        }
        try {
            use.accept(setting.value());
        } catch (IllegalArgumentException | TokenConfigException e) {
            // The value is not shown: it may be a PIN in the wrong place.
            throw text.error(setting.line(), key + ": " + e.getMessage());
        }
    }

    private void token(TokenConfig.Builder builder) throws TokenConfigException {
        use("token-label", TokenSelector.ByLabel::new);
        use("token-serial", TokenSelector.BySerial::new);
        use("slot-id", TokenFile::slotId);
        String label = value("token-label");
        String serial = value("token-serial");
        String slot = value("slot-id");
        boolean hasOther = label != null || serial != null || slot != null;
        if (hasOther) {
            Long id = slot == null ? null : slotId(slot);
            builder.token(TokenSelector.of(label, serial, null, null, id));
        }
        use(
                "slot-index",
                index -> {
                    if (hasOther) {
                        throw new IllegalArgumentException(
                                "the token is named by label, serial number or slot-id already;"
                                        + " remove one of them");
                    }
                    builder.token(new TokenSelector.BySlotIndex(count(index)));
                });
    }

    private void key(TokenConfig.Builder builder) throws TokenConfigException {
        use("key-label", label -> builder.key(KeySelector.byLabel(label)));
        use("key-id", id -> builder.key(new KeySelector(value("key-label"), id)));
    }

    private @Nullable String value(String key) {
        Setting setting = settings.get(key);
        return setting == null ? null : setting.value();
    }

    static TokenRoute engine(String name) {
        for (TokenRoute engine : TokenRoute.values()) {
            if (engine.name().toLowerCase(Locale.ROOT).equals(name)) {
                return engine;
            }
        }
        throw new IllegalArgumentException("cryptoki or sunpkcs11");
    }

    /** CK_SLOT_ID is an unsigned long; a hexadecimal one is what some vendors' tools print. */
    static long slotId(String text) {
        try {
            return text.startsWith("0x")
                    ? Long.parseUnsignedLong(text.substring(2), 16)
                    : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a slot is a number, as in 1 or 0x1a2b", e);
        }
    }

    private static Duration duration(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new IllegalArgumentException("a time is written as 500ms, 10s or 1m; 0 for none");
        }
        long amount = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
        };
    }

    private static int count(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a whole number", e);
        }
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }
}
