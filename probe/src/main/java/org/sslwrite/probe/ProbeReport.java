package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.LibraryInfo;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

import java.nio.file.Path;
import java.util.List;

/**
 * What a token can do, as {@link Probe} found out by trying. Its texts may be the token's own:
 * {@link #toText} and {@link #toJson} make them harmless.
 *
 * @param token what the configuration calls it
 * @param module the library
 * @param moduleInfo what the library says of itself
 * @param tokenInfo what the token says of itself
 * @param capabilities for programs: the findings in short
 * @param findings by feature and engine
 * @param gcmLayout how the token wants CK_GCM_PARAMS; null if AES-GCM never got so far
 * @param sessionLimit how many sessions could be opened
 * @param suites every suite that this project knows
 * @param timings of what works
 * @param recommendation the text of a configuration file for this token
 * @param notes what else there is to know
 */
public record ProbeReport(
        String token,
        Path module,
        LibraryInfo moduleInfo,
        TokenInfo tokenInfo,
        Capabilities capabilities,
        List<Finding> findings,
        @Nullable GcmLayout gcmLayout,
        SessionLimit sessionLimit,
        List<SuiteOffload> suites,
        List<Timing> timings,
        String recommendation,
        List<String> notes) {
    /**
     * Proven by known answers, through one engine at least.
     *
     * @param gcm AES-128 and AES-256, with the caller's IV and additional data
     * @param cbc AES-128 and AES-256
     * @param hkdf HKDF-Expand with SHA-256 and SHA-384, to a key that the token then uses
     * @param ecdsa P-256
     */
    public record Capabilities(
            boolean gcm,
            boolean cbc,
            boolean hmacSha1,
            boolean hmacSha256,
            boolean hmacSha384,
            boolean chacha20Poly1305,
            boolean hkdf,
            boolean messageApi,
            boolean keyImport,
            boolean rsaPss,
            boolean ecdsa) {}

    /** Copies. */
    public ProbeReport {
        findings = List.copyOf(findings);
        suites = List.copyOf(suites);
        timings = List.copyOf(timings);
        notes = List.copyOf(notes);
    }

    /** One JSON object (RFC 8259), on one line, in ASCII. */
    public String toJson() {
        return ReportJson.of(this);
    }

    /** For people: lines of at most 100 columns, unless the token's own texts are longer. */
    public String toText() {
        return ReportText.of(this);
    }
}
