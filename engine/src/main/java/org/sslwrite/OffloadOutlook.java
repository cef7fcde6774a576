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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What a token can seal of the suites of a context, found out when the context is made. */
final class OffloadOutlook {
    private final @Nullable SealerFactory token;
    private final List<SealingParameters> wanted;
    private final CompletableFuture<Void> prepared = new CompletableFuture<>();
    private List<TlsVersion> versions = List.of();

    /** By suite: why the token cannot seal it; null if it can. */
    private final Map<CipherSuite, @Nullable String> reasons = new LinkedHashMap<>();

    /**
     * Begins to ask the token, on a thread of its own.
     *
     * @param token null for none
     * @param wanted versions that may be left out later
     */
    OffloadOutlook(
            @Nullable SealerFactory token, List<TlsVersion> wanted, List<CipherSuite> suites) {
        this.token = token;
        this.wanted =
                suites.stream()
                        .filter(suite -> wanted.contains(suite.version()))
                        .map(suite -> new SealingParameters(suite.version(), suite, false))
                        .toList();
        if (token != null) {
            Thread.ofPlatform().daemon().name("sslwrite-prepare").start(() -> prepare(token));
        }
    }

    private void prepare(SealerFactory factory) {
        try {
            factory.prepare(wanted);
            prepared.complete(null);
        } catch (Throwable e) {
            prepared.completeExceptionally(e);
        }
    }

    /** Waits for the answers of the token; those about other versions do not count. */
    void awaitAnswers(List<TlsVersion> used) {
        versions = used;
        if (token == null) {
            return;
        }
        String unreachable = reasonOfFailure();
        for (SealingParameters each : wanted) {
            if (used.contains(each.version())) {
                reasons.put(
                        each.suite(),
                        unreachable == null ? token.reasonAgainst(each) : unreachable);
            }
        }
    }

    /** Why the token cannot be asked; null if it could. */
    private @Nullable String reasonOfFailure() {
        try {
            prepared.join();
            return null;
        } catch (CompletionException e) {
            return switch (e.getCause()) {
                case SealException refused -> "it could not be reached: " + refused.getMessage();
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw e;
            };
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
    void tell(OffloadMonitor watch) {
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
