package org.sslwrite.pkcs11.config;

import org.sslwrite.pkcs11.TokenConfigException;

/**
 * The text that configures SunPKCS11, inline (behind {@code --}). Its reader is a {@link
 * java.io.StreamTokenizer} with three traps: outside of quotes a value ends at a blank, a comma or
 * a {@code #}; a backslash followed by n becomes a new line before anything is read; and {@code
 * ${…}} is replaced by a system property. So every text is quoted, what is not plain in it becomes
 * an octal escape, and what no escape can save is refused.
 */
public final class SunConfiguration {
    private final TokenConfig config;
    private final StringBuilder text = new StringBuilder("--");

    private SunConfiguration(TokenConfig config) {
        this.config = config;
    }

    public static String of(TokenConfig config, long slotId, String name)
            throws TokenConfigException {
        SunConfiguration configuration = new SunConfiguration(config);
        configuration.token(slotId, name);
        configuration.trafficKeys();
        return configuration.text.toString();
    }

    private void token(long slotId, String name) throws TokenConfigException {
        line("name", quoted(name));
        line("description", quoted(config.name()));
        line("library", expanded("module", config.module().toString()));
        if (slotId < 0 || slotId > Integer.MAX_VALUE) {
            throw new TokenConfigException(
                    config.name()
                            + ": SunPKCS11 knows no slot above "
                            + Integer.MAX_VALUE
                            + ", and the token is in slot "
                            + Long.toUnsignedString(slotId)
                            + "; use engine = cryptoki");
        }
        if (!config.functionList().equals("C_GetFunctionList")) {
            line("functionList", config.functionList());
        }
        line("slot", String.valueOf(slotId));
        String parameters = config.libraryParameters();
        if (parameters != null) {
            line("nssArgs", expanded("library-parameters", parameters));
        }
        // Lets the sessions in the provider's pool be closed, see SunProviderSession.logout.
        line("destroyTokenAfterLogout", "true");
        // How often keys that are garbage are destroyed in the token, ms. The JDK has one thread
        // for
        // that, which goes by what its first provider says; by default it takes up to 60 seconds.
        line("cleaner.shortInterval", "1000");
        line("cleaner.longInterval", "2000");
    }

    /** What we put into the token are keys of records: they never come out again. */
    private void trafficKeys() {
        attributes(
                "*",
                "CKA_TOKEN=false",
                "CKA_PRIVATE=" + config.privateTrafficKeys(),
                "CKA_SENSITIVE=true",
                "CKA_EXTRACTABLE=false");
        attributes("CKK_AES", "CKA_ENCRYPT=true");
        attributes("CKK_CHACHA20", "CKA_ENCRYPT=true");
        attributes("CKK_GENERIC_SECRET", "CKA_SIGN=true"); // NSS: or no HMAC
    }

    private void attributes(String keyType, String... attributes) {
        text.append("attributes(import,CKO_SECRET_KEY,").append(keyType).append(")={\n");
        for (String attribute : attributes) {
            text.append("  ").append(attribute).append('\n');
        }
        text.append("}\n");
    }

    private void line(String key, String value) {
        text.append(key).append('=').append(value).append('\n');
    }

    /** A text in which SunPKCS11 expands properties, and (in a library) drops {@code /$ISA/}. */
    private String expanded(String what, String given) throws TokenConfigException {
        if (given.contains("${") || given.contains("/$ISA/")) {
            throw new TokenConfigException(
                    config.name()
                            + ": "
                            + what
                            + ": SunPKCS11 would replace the part that begins with $; rename it, or"
                            + " use engine = cryptoki");
        }
        return quoted(given);
    }

    public static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean isPlain = c >= ' ' && c < 0x7f && c != '"' && c != '\\';
            if (isPlain || c > 0xff) {
                quoted.append(c);
            } else {
                // Three digits, of which the first is at most 3: what follows is no part of it.
                quoted.append('\\').append(String.format("%03o", (int) c));
            }
        }
        return quoted.append('"').toString();
    }
}
