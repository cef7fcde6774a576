package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** What a token can seal of the suites of a context, found out when the context is made. */
final class OffloadOutlook {
    private final @Nullable SealerFactory token;
    private final List<TlsVersion> versions;

    /** By suite: why the token cannot seal it; null if it can. */
    private final Map<CipherSuite, @Nullable String> reasons = new LinkedHashMap<>();

    /** Why the token cannot be asked; null if it could. */
    private @Nullable String unreachable;

    /**
     * Asks the token.
     *
     * @param token null for none
     */
    OffloadOutlook(
            @Nullable SealerFactory token, List<TlsVersion> versions, List<CipherSuite> suites) {
        this.token = token;
        this.versions = versions;
        if (token == null) {
            return;
        }
        List<SealingParameters> parameters =
                suites.stream()
                        .filter(suite -> versions.contains(suite.version()))
                        .map(suite -> new SealingParameters(suite.version(), suite, false))
                        .toList();
        try {
            token.prepare(parameters);
        } catch (SealException e) {
            unreachable = "it could not be reached: " + e.getMessage();
        }
        for (SealingParameters each : parameters) {
            reasons.put(
                    each.suite(), unreachable == null ? token.reasonAgainst(each) : unreachable);
        }
    }

    /** The suites that the token could not seal, each with the reason. */
    Map<CipherSuite, String> notSealed() {
        Map<CipherSuite, String> found = new LinkedHashMap<>();
        reasons.forEach(
                (suite, reason) -> {
                    if (reason != null) {
                        found.put(suite, reason);
                    }
                });
        return Collections.unmodifiableMap(found);
    }

    /** Says what software will have to seal. */
    void tell(OffloadWatch watch) {
        for (TlsVersion version : versions) {
            List<String> lacking = lacking(version);
            if (!lacking.isEmpty()) {
                watch.cannotSeal(
                        engine(), version, !canSealSome(version), String.join("; ", lacking));
            }
        }
    }

    /**
     * Nothing but the token may seal.
     *
     * @throws IllegalArgumentException if it can seal nothing of a version, and so what it could
     */
    void requireEveryVersion() {
        for (TlsVersion version : versions) {
            List<String> lacking = lacking(version);
            List<String> sealed =
                    reasons.keySet().stream()
                            .filter(suite -> reasons.get(suite) == null)
                            .map(CipherSuite::name)
                            .toList();
            if (!canSealSome(version) && !lacking.isEmpty() && !sealed.isEmpty()) {
                throw new IllegalArgumentException(
                        engine()
                                + " cannot seal "
                                + version
                                + ": "
                                + String.join("; ", lacking)
                                + "; it can seal "
                                + String.join(", ", sealed)
                                + ": leave "
                                + version
                                + " out (--versions "
                                + other(version)
                                + "), or let software seal what it cannot (--policy"
                                + " token-preferred)");
            }
        }
    }

    /** What to do with a token that can seal nothing. */
    String advice() {
        return token == null
                ? ""
                : "; let software seal, and the token keep the private key alone (--policy"
                        + " software)";
    }

    private String engine() {
        return token == null ? "" : token.engine();
    }

    private boolean canSealSome(TlsVersion version) {
        return reasons.keySet().stream()
                .anyMatch(suite -> suite.version() == version && reasons.get(suite) == null);
    }

    private List<String> lacking(TlsVersion version) {
        LinkedHashSet<String> found = new LinkedHashSet<>();
        notSealed()
                .forEach(
                        (suite, reason) -> {
                            if (suite.version() == version) {
                                found.add(reason);
                            }
                        });
        return List.copyOf(found);
    }

    private static TlsVersion other(TlsVersion version) {
        return version == TlsVersion.TLSV1_3 ? TlsVersion.TLSV1_2 : TlsVersion.TLSV1_3;
    }
}
