package org.sslwrite.pkcs11.vendor;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.OperatingSystem;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is known about the PKCS#11 module of a vendor, before it is tried. The probe knows better.
 *
 * @param id a word in lower case, as in {@code softhsm2}
 * @param name for people, as in {@code SoftHSM2}
 * @param libraries where the module usually is: absolute paths; those of this machine first
 * @param claims what its tokens can do, as far as somebody says
 * @param quirks what surprises
 * @param environment the variables that the module reads
 * @param defaults what a configuration has if it says nothing
 * @param install how to get the module; null if the vendor's manual says it
 */
public record Vendor(
        String id,
        String name,
        Map<OperatingSystem, List<String>> libraries,
        Map<Capability, Claim> claims,
        List<Note> quirks,
        List<Note> environment,
        Defaults defaults,
        @Nullable String install) {

    /** What a record needs of a token. */
    public enum Capability {
        /** AES-GCM with the caller's IV and additional data. */
        GCM,
        /** AES-CBC with the caller's IV. */
        CBC,
        /** HMAC with SHA-1, SHA-256 and SHA-384, under a key that is imported. */
        HMAC,
        /** A key of ours can be put into the token (C_CreateObject). */
        KEY_IMPORT
    }

    /** How good a claim is. */
    public enum Evidence {
        /** Tried, by this project. */
        MEASURED,
        /** Read in the module's source. */
        SOURCE,
        /** Read in the vendor's documentation. */
        DOCUMENTATION,
        /** Heard. */
        UNVERIFIED
    }

    /** Whether a token can do something. */
    public enum Answer {
        /** It can. */
        YES,
        /** It cannot. */
        NO,
        /** It depends: the note says on what. */
        DEPENDS,
        /** Nobody has said. */
        UNKNOWN
    }

    /**
     * Something that is said of a module.
     *
     * @param where the address of the source; null for what this project measured or only heard
     */
    public record Note(String text, Evidence evidence, @Nullable String where) {}

    /** Whether the module can do something, and who says so. */
    public record Claim(Answer answer, Note note) {}

    /**
     * What a configuration has if it says nothing; null and 16384: as for any module.
     *
     * @param maxFragment bytes of content that a record may have at most
     * @param functionList the library's function that gives the module
     * @param pinLengths whether what the token says of the length of PINs is true of what it takes
     */
    public record Defaults(
            boolean privateTrafficKeys,
            int maxFragment,
            @Nullable String libraryParameters,
            String functionList,
            @Nullable String tokenLabel,
            int maxSessions,
            boolean pinLengths) {
        /** What is taken for a module of which nothing is known. */
        public static final Defaults OF_ANY_MODULE =
                new Defaults(true, 1 << 14, null, "C_GetFunctionList", null, 0, true);
    }

    /** Copies. */
    public Vendor {
        libraries = Map.copyOf(libraries);
        claims = Map.copyOf(new EnumMap<>(claims));
        quirks = List.copyOf(quirks);
        environment = List.copyOf(environment);
    }

    /** What is said of a capability; {@link Answer#UNKNOWN} if nothing is. */
    public Claim claim(Capability capability) {
        return claims.getOrDefault(
                capability, new Claim(Answer.UNKNOWN, new Note("", Evidence.UNVERIFIED, null)));
    }

    /** The usual places on a machine. */
    public List<String> libraries(OperatingSystem system) {
        return libraries.getOrDefault(system, List.of());
    }
}
