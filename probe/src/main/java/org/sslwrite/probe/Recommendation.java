package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

import java.util.List;
import java.util.Locale;

/** The text of a configuration file, made of what was found. */
final class Recommendation {
    private final StringBuilder out = new StringBuilder();

    private Recommendation() {}

    static String of(
            TokenConfig config,
            TokenInfo token,
            Findings findings,
            KeyImport keyImport,
            SessionLimit sessions) {
        Recommendation text = new Recommendation();
        text.token(config, token);
        TokenRoute engine = findings.betterEngine();
        if (findings.sealable(engine) == 0) {
            text.comment("This token can seal no record: use it for the handshake's key alone.");
        }
        text.setting("engine", engine.name().toLowerCase(Locale.ROOT));
        text.setting("max-fragment", String.valueOf(findings.maxFragment(engine)));
        KeyProtection protection = keyImport.accepted();
        if (protection != null) {
            text.setting("private-traffic-keys", String.valueOf(protection.isPrivate()));
        }
        if (sessions.reason() != null) {
            text.setting("max-sessions", String.valueOf(sessions.opened()));
        }
        return text.out.toString();
    }

    private void token(TokenConfig config, TokenInfo token) {
        setting("module", config.module().toString());
        setting("library-parameters", config.libraryParameters());
        if (!config.functionList().equals("C_GetFunctionList")) {
            setting("function-list", config.functionList());
        }
        // By label, and by serial number if two have the same: slot numbers change.
        setting("token-label", token.label());
        setting("token-serial", token.serial());
        String pin = config.pinSource();
        if (pin != null && !pin.equals("none")) {
            setting("pin-source", pin);
        } else if (token.isLoginRequired()) {
            comment("Where the PIN comes from: file:/path, env:NAME or prompt.");
            comment("pin-source = prompt");
        }
        KeySelector key = config.key();
        if (key != null) {
            setting("key-label", key.label());
            setting("key-id", key.idHex());
        }
        if (config.isCallTimeoutChosen()) {
            setting("call-timeout", config.callTimeout().toMillis() + "ms");
        }
    }

    /** What must stand around a value lest it be read as another one; null if nothing helps. */
    private static @Nullable String quote(String value) {
        boolean isPlain =
                value.equals(value.strip())
                        && !value.contains(" #")
                        && !value.startsWith("\"")
                        && !value.startsWith("'");
        if (isPlain) {
            return "";
        }
        for (String quote : List.of("\"", "'")) {
            if (!value.contains(quote)) {
                return quote;
            }
        }
        return null;
    }

    private void comment(String text) {
        out.append("# ").append(text).append('\n');
    }

    /**
     * One line, whatever the token calls itself: what cannot be written in the file is left out.
     */
    private void setting(String key, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return;
        }
        String quote = quote(value);
        if (quote != null && value.codePoints().allMatch(Printable::isHarmless)) {
            out.append(key).append(" = ").append(quote).append(value).append(quote).append('\n');
        } else {
            comment(key + ": the token's own has characters that cannot be written here");
        }
    }
}
