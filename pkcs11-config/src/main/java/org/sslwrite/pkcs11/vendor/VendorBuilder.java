package org.sslwrite.pkcs11.vendor;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.OperatingSystem;
import org.sslwrite.pkcs11.vendor.Vendor.Answer;
import org.sslwrite.pkcs11.vendor.Vendor.Capability;
import org.sslwrite.pkcs11.vendor.Vendor.Claim;
import org.sslwrite.pkcs11.vendor.Vendor.Defaults;
import org.sslwrite.pkcs11.vendor.Vendor.Evidence;
import org.sslwrite.pkcs11.vendor.Vendor.Note;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one entry of the catalogue. Vendors' installers differ by version: the places of libraries
 * are hints, best first. The probe knows better than any claim.
 */
final class VendorBuilder {
    private final String id;
    private final String name;
    private final Map<OperatingSystem, List<String>> libraries =
            new EnumMap<>(OperatingSystem.class);
    private final Map<Capability, Claim> claims = new EnumMap<>(Capability.class);
    private final List<Note> quirks = new ArrayList<>();
    private final List<Note> environment = new ArrayList<>();
    private boolean privateTrafficKeys = Defaults.OF_ANY_MODULE.privateTrafficKeys();
    private int maxFragment = Defaults.OF_ANY_MODULE.maxFragment();
    private int maxSessions = Defaults.OF_ANY_MODULE.maxSessions();
    private @Nullable String libraryParameters;
    private String functionList = Defaults.OF_ANY_MODULE.functionList();
    private boolean pinLengths = Defaults.OF_ANY_MODULE.pinLengths();
    private @Nullable String tokenLabel;
    private @Nullable String install;

    VendorBuilder(String id, String name) {
        this.id = id;
        this.name = name;
    }

    /** On Debian 12 with SoftHSM 2.6.1, NSS 3.87.1 and p11-kit 0.24.1. */
    static Note measured(String text) {
        return new Note(text, Evidence.MEASURED, null);
    }

    static Note inSource(String text) {
        return new Note(text, Evidence.SOURCE, null);
    }

    static Note inSource(String where, String text) {
        return new Note(text, Evidence.SOURCE, where);
    }

    static Note documented(String text) {
        return new Note(text, Evidence.DOCUMENTATION, null);
    }

    static Note documented(String where, String text) {
        return new Note(text, Evidence.DOCUMENTATION, where);
    }

    static Note unverified(String text) {
        return new Note(text, Evidence.UNVERIFIED, null);
    }

    VendorBuilder linux(String... places) {
        libraries.put(OperatingSystem.LINUX, List.of(places));
        return this;
    }

    VendorBuilder macos(String... places) {
        libraries.put(OperatingSystem.MACOS, List.of(places));
        return this;
    }

    VendorBuilder windows(String... places) {
        libraries.put(OperatingSystem.WINDOWS, List.of(places));
        return this;
    }

    VendorBuilder gcm(Answer answer, Note note) {
        claims.put(Capability.GCM, new Claim(answer, note));
        return this;
    }

    VendorBuilder cbc(Answer answer, Note note) {
        claims.put(Capability.CBC, new Claim(answer, note));
        return this;
    }

    VendorBuilder hmac(Answer answer, Note note) {
        claims.put(Capability.HMAC, new Claim(answer, note));
        return this;
    }

    VendorBuilder keyImport(Answer answer, Note note) {
        claims.put(Capability.KEY_IMPORT, new Claim(answer, note));
        return this;
    }

    VendorBuilder quirk(Note note) {
        quirks.add(note);
        return this;
    }

    VendorBuilder environment(Note note) {
        environment.add(note);
        return this;
    }

    VendorBuilder privateTrafficKeys(boolean areThey) {
        privateTrafficKeys = areThey;
        return this;
    }

    VendorBuilder maxFragment(int bytes) {
        maxFragment = bytes;
        return this;
    }

    VendorBuilder maxSessions(int sessions) {
        maxSessions = sessions;
        return this;
    }

    VendorBuilder libraryParameters(String parameters) {
        libraryParameters = parameters;
        return this;
    }

    VendorBuilder functionList(String function) {
        functionList = function;
        return this;
    }

    VendorBuilder pinLengths(boolean areTrue) {
        pinLengths = areTrue;
        return this;
    }

    VendorBuilder tokenLabel(String label) {
        tokenLabel = label;
        return this;
    }

    VendorBuilder install(String command) {
        install = command;
        return this;
    }

    Vendor build() {
        Defaults defaults =
                new Defaults(
                        privateTrafficKeys,
                        maxFragment,
                        libraryParameters,
                        functionList,
                        tokenLabel,
                        maxSessions,
                        pinLengths);
        return new Vendor(id, name, libraries, claims, quirks, environment, defaults, install);
    }
}
