package org.sslwrite.pkcs11.config;

import org.sslwrite.pkcs11.OperatingSystem;
import org.sslwrite.pkcs11.vendor.Vendor;
import org.sslwrite.pkcs11.vendor.Vendor.Capability;
import org.sslwrite.pkcs11.vendor.Vendor.Claim;
import org.sslwrite.pkcs11.vendor.Vendor.Defaults;
import org.sslwrite.pkcs11.vendor.Vendor.Evidence;
import org.sslwrite.pkcs11.vendor.Vendor.Note;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes a configuration for a vendor's module. */
public final class VendorConfiguration {
    private static final int WIDTH = 98;

    private final Vendor vendor;
    private final StringBuilder text = new StringBuilder();

    private VendorConfiguration(Vendor vendor) {
        this.vendor = vendor;
    }

    /**
     * A ready configuration for a vendor's module, with what is known of it as comments; {@link
     * TokenConfig#fromFile} reads it. What a person must change is marked.
     */
    public static String of(Vendor vendor) {
        VendorConfiguration configuration = new VendorConfiguration(vendor);
        configuration.facts();
        configuration.module();
        configuration.token();
        configuration.pin();
        configuration.key();
        configuration.limits();
        return configuration.text.toString();
    }

    private void facts() {
        comment("A token of " + vendor.name() + ". A line is key = value; nothing is escaped.", "");
        comment("A comment has a line of its own; a value with # in it may stand in quotes.", "");
        comment("What is said of it, and by whom; the probe finds out what is true:", "");
        for (Capability capability : Capability.values()) {
            Claim claim = vendor.claim(capability);
            String answer = claim.answer().name().toLowerCase(Locale.ROOT);
            comment("  " + wanted(capability) + ": " + answer + said(claim.note()), "    ");
        }
        for (Note quirk : vendor.quirks()) {
            comment("  * " + quirk.text() + source(quirk), "    ");
        }
        for (Note variable : vendor.environment()) {
            comment("  $ " + variable.text() + source(variable), "    ");
        }
    }

    private void module() {
        Path found = VendorCatalogue.find(vendor);
        gap(
                found != null
                        ? "The module, which is on this machine."
                        : "The module, which is NOT on this machine at its usual places.");
        if (found == null && vendor.install() != null) {
            comment("To get it: " + vendor.install(), "");
        }
        setting("vendor", vendor.id());
        setting("module", found != null ? found.toString() : firstPlace());
    }

    private String firstPlace() {
        List<String> places = vendor.libraries(OperatingSystem.current());
        return places.isEmpty() ? Path.of("module").toAbsolutePath().toString() : places.getFirst();
    }

    private void token() {
        gap("The token: by label or serial number, for numbers of slots change.");
        String label = vendor.defaults().tokenLabel();
        setting("token-label", label == null ? "CHANGE ME" : label);
        example("token-serial", "0123456789abcdef");
    }

    private void pin() {
        gap(
                "Where the PIN comes from: a file that only its user can read (chmod 600; one of"
                        + " root may be for a group, as in Kubernetes: 440), a variable, or a"
                        + " person at the terminal.");
        boolean needsNone = vendor.defaults().tokenLabel() != null;
        setting("pin-source", needsNone ? "none" : "prompt");
        example("pin-source", "file:/etc/sslwrite/pin");
        example("pin-source", "env:TOKEN_PIN");
    }

    private void key() {
        gap("The private key of the certificate, if it is in the token: by label, id or both.");
        example("key-label", "web");
        example("key-id", "0a01");
    }

    private void limits() {
        Defaults defaults = vendor.defaults();
        gap(
                "The way to the token: cryptoki (the C API, faster) or sunpkcs11 (the JDK's"
                        + " provider).");
        setting("engine", "cryptoki");
        gap(
                "How long one call may take before the token counts as dead; 0: as long as it"
                    + " likes. Default: 30s, but not for a record that a platform thread seals.");
        example("call-timeout", "10s");
        gap("Sessions at most; 0: as many as the token allows.");
        setting("max-sessions", String.valueOf(defaults.maxSessions()));
        gap("Whether traffic keys are private objects, which need a login.");
        setting("private-traffic-keys", String.valueOf(defaults.privateTrafficKeys()));
        gap("Bytes of content in one record at most, 512 to 16384.");
        setting("max-fragment", String.valueOf(defaults.maxFragment()));
        if (!defaults.functionList().equals(Defaults.OF_ANY_MODULE.functionList())) {
            gap("The library's function that gives the module: it has more than one in it.");
            setting("function-list", defaults.functionList());
        }
        if (defaults.libraryParameters() != null) {
            gap("What the module is told at C_Initialize.");
            setting("library-parameters", defaults.libraryParameters());
        }
    }

    private static String wanted(Capability capability) {
        return switch (capability) {
            case GCM -> "AES-GCM with the caller's IV";
            case CBC -> "AES-CBC";
            case HMAC -> "HMAC";
            case KEY_IMPORT -> "import of traffic keys";
        };
    }

    private static String said(Note note) {
        return (note.text().isEmpty() ? "" : ": " + note.text()) + source(note);
    }

    private static String source(Note note) {
        String evidence = evidence(note.evidence());
        String where = note.where();
        return " [" + (where == null ? evidence : evidence + ": " + where) + "]";
    }

    private static String evidence(Evidence evidence) {
        return evidence.name().toLowerCase(Locale.ROOT);
    }

    private void gap(String comment) {
        text.append('\n');
        comment(comment, "");
    }

    /** Breaks lines between words; a word that is too long has a line of its own. */
    private void comment(String words, String indent) {
        StringBuilder line = new StringBuilder();
        for (String word : words.split(" ", -1)) {
            if (!line.toString().isBlank() && line.length() + word.length() >= WIDTH) {
                text.append("# ").append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.append(indent);
            }
            line.append(word).append(' ');
        }
        text.append("# ").append(line.toString().stripTrailing()).append('\n');
    }

    private void setting(String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
    }

    private void example(String key, String value) {
        text.append('#').append(key).append(" = ").append(value).append('\n');
    }
}
