package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.SettingsText.Setting;
import org.sslwrite.pkcs11.Vendor.Answer;
import org.sslwrite.pkcs11.Vendor.Capability;
import org.sslwrite.pkcs11.Vendor.Claim;
import org.sslwrite.pkcs11.Vendor.Defaults;
import org.sslwrite.pkcs11.Vendor.Evidence;
import org.sslwrite.pkcs11.Vendor.Note;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the catalogue: a section {@code [id]} for each vendor; its head says what is in one. */
final class VendorParser {
    private static final Pattern SECTION = Pattern.compile("\\[([a-z0-9-]+)]");
    private static final Pattern NOTE = Pattern.compile("\\[([MSDU])(?: (\\S+))?]\\s*(.*)");
    private static final Pattern CLAIM = Pattern.compile("(yes|no|depends|unknown) (\\[.*)");

    private final SettingsText text;
    private final List<Vendor> vendors = new ArrayList<>();
    private @Nullable Section section;

    private VendorParser(SettingsText text) {
        this.text = text;
    }

    static List<Vendor> parse(SettingsText text) throws TokenConfigException {
        VendorParser parser = new VendorParser(text);
        List<String> lines = text.lines();
        for (int i = 0; i < lines.size(); i++) {
            parser.line(i + 1, lines.get(i).strip());
        }
        parser.endSection();
        return parser.vendors;
    }

    /** What a section has said so far. */
    private static final class Section {
        final String id;
        String name;
        final Map<OperatingSystem, List<String>> libraries = new EnumMap<>(OperatingSystem.class);
        final Map<Capability, Claim> claims = new EnumMap<>(Capability.class);
        final List<Note> quirks = new ArrayList<>();
        final List<Note> environment = new ArrayList<>();
        boolean privateTrafficKeys = true;
        int maxFragment = TokenConfig.MAX_FRAGMENT;
        int maxSessions;
        @Nullable String libraryParameters;
        String functionList = TokenConfig.C_GET_FUNCTION_LIST;
        boolean pinLengths = true;
        @Nullable String tokenLabel;
        @Nullable String install;

        Section(String id) {
            this.id = id;
            this.name = id;
        }

        Vendor vendor() {
            return new Vendor(
                    id,
                    name,
                    libraries,
                    claims,
                    quirks,
                    environment,
                    new Defaults(
                            privateTrafficKeys,
                            maxFragment,
                            libraryParameters,
                            functionList,
                            tokenLabel,
                            maxSessions,
                            pinLengths),
                    install);
        }
    }

    private void line(int number, String line) throws TokenConfigException {
        Matcher head = SECTION.matcher(line);
        if (head.matches()) {
            endSection();
            section = new Section(head.group(1));
        } else if (!SettingsText.isSilent(line)) {
            if (section == null) {
                throw text.error(number, "a setting before the first [vendor]");
            }
            set(section, text.setting(number, line));
        }
    }

    private void endSection() {
        if (section != null) {
            vendors.add(section.vendor());
        }
    }

    private void set(Section to, Setting setting) throws TokenConfigException {
        String value = setting.value();
        switch (setting.key()) {
            case "name" -> to.name = value;
            case "linux" -> place(to, OperatingSystem.LINUX, value);
            case "macos" -> place(to, OperatingSystem.MACOS, value);
            case "windows" -> place(to, OperatingSystem.WINDOWS, value);
            case "gcm" -> to.claims.put(Capability.GCM, claim(setting));
            case "cbc" -> to.claims.put(Capability.CBC, claim(setting));
            case "hmac" -> to.claims.put(Capability.HMAC, claim(setting));
            case "key-import" -> to.claims.put(Capability.KEY_IMPORT, claim(setting));
            case "quirk" -> to.quirks.add(note(setting, value));
            case "environment" -> to.environment.add(note(setting, value));
            case "install" -> to.install = value;
            case "private-traffic-keys" -> to.privateTrafficKeys = Boolean.parseBoolean(value);
            case "max-fragment" -> to.maxFragment = Integer.parseInt(value);
            case "max-sessions" -> to.maxSessions = Integer.parseInt(value);
            case "library-parameters" -> to.libraryParameters = value;
            case "function-list" -> to.functionList = value;
            case "pin-lengths" -> to.pinLengths = Boolean.parseBoolean(value);
            case "token-label" -> to.tokenLabel = value;
            default -> throw text.error(setting.line(), "unknown key " + setting.key());
        }
    }

    private static void place(Section to, OperatingSystem system, String path) {
        to.libraries.computeIfAbsent(system, any -> new ArrayList<>()).add(path);
    }

    private Claim claim(Setting setting) throws TokenConfigException {
        Matcher claim = CLAIM.matcher(setting.value());
        if (!claim.matches()) {
            throw text.error(setting.line(), "expected: answer [M|S|D|U address] note");
        }
        Answer answer = Answer.valueOf(claim.group(1).toUpperCase(Locale.ROOT));
        return new Claim(answer, note(setting, claim.group(2)));
    }

    private Note note(Setting setting, String value) throws TokenConfigException {
        Matcher note = NOTE.matcher(value);
        if (!note.matches()) {
            throw text.error(setting.line(), "expected: [M|S|D|U address] note");
        }
        Evidence evidence =
                switch (note.group(1)) {
                    case "M" -> Evidence.MEASURED;
                    case "S" -> Evidence.SOURCE;
                    case "D" -> Evidence.DOCUMENTATION;
                    default -> Evidence.UNVERIFIED;
                };
        return new Note(note.group(3), evidence, note.group(2));
    }
}
