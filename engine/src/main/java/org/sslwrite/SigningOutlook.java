package org.sslwrite;

import org.sslwrite.handshake.Credential;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.protocol.TlsVersion;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * In which protocol versions the identities of a context can sign, found out when the context is
 * made.
 */
final class SigningOutlook {
    private final List<TlsVersion> versions = new ArrayList<>();
    private final List<Credential> credentials = new ArrayList<>();

    /** By version: why no identity can sign in it. */
    private final Map<TlsVersion, String> against = new EnumMap<>(TlsVersion.class);

    /**
     * Tries the keys that are not in this process.
     *
     * @throws IllegalArgumentException if no identity can sign in any of the versions
     */
    SigningOutlook(List<TlsIdentity> identities, List<TlsVersion> wanted) {
        List<Set<Integer>> schemes =
                identities.stream().map(identity -> (Set<Integer>) new HashSet<Integer>()).toList();
        for (TlsVersion version : wanted) {
            boolean signable = identities.isEmpty();
            Set<String> reasons = new LinkedHashSet<>();
            for (int i = 0; i < identities.size(); i++) {
                signable |= addSchemes(identities.get(i), version, schemes.get(i), reasons);
            }
            if (signable) {
                versions.add(version);
            } else {
                against.put(version, String.join("; ", reasons));
            }
        }
        for (int i = 0; i < identities.size(); i++) {
            TlsIdentity identity = identities.get(i);
            credentials.add(
                    new Credential(
                            identity.privateKey(),
                            identity.provider(),
                            identity.chain(),
                            Set.copyOf(schemes.get(i))));
        }
        if (versions.isEmpty()) {
            throw new IllegalArgumentException(
                    against.entrySet().stream()
                            .map(e -> "no identity can sign in " + e.getKey() + ": " + e.getValue())
                            .collect(Collectors.joining("; ", "", advice(wanted))));
        }
    }

    private boolean addSchemes(
            TlsIdentity identity, TlsVersion version, Set<Integer> schemes, Set<String> reasons) {
        List<SigningTrials.Failure> failures = new ArrayList<>();
        List<Integer> found = identity.trials().schemes(version, failures);
        schemes.addAll(found);
        if (!failures.isEmpty()) {
            reasons.add(explained(failures));
        }
        if (!found.isEmpty() && !failures.isEmpty()) {
            OffloadMonitor.cannotSignAll(name(identity), version, explained(failures));
        }
        return !found.isEmpty();
    }

    /** The others fail as the first does, with another hash. */
    private static String explained(List<SigningTrials.Failure> failures) {
        return failures.stream()
                .map(SigningTrials.Failure::scheme)
                .collect(Collectors.joining(", ", "", ": " + failures.getFirst().reason()));
    }

    /** A key in a token is named after it. */
    private static String name(TlsIdentity identity) {
        return identity.privateKey() instanceof TokenPrivateKey key
                ? key.toString()
                : identity.toString();
    }

    private static String advice(List<TlsVersion> wanted) {
        return wanted.contains(TlsVersion.TLSV1_2)
                ? "; use another key"
                : "; allow TLSv1.2 (--versions TLSv1.2), or use a key on an elliptic curve";
    }

    /** The versions in which some identity can sign: all, if there is no identity. */
    List<TlsVersion> versions() {
        return List.copyOf(versions);
    }

    /** The identities, each with the schemes that it can sign with. */
    List<Credential> credentials() {
        return List.copyOf(credentials);
    }

    /** What was left out, and why; empty if nothing was. */
    String explanation() {
        return against.entrySet().stream()
                .map(
                        e ->
                                e.getKey()
                                        + " is left out, for no identity can sign in it: "
                                        + e.getValue())
                .collect(Collectors.joining("; "));
    }

    /** Says what is left out. */
    void tell() {
        if (!against.isEmpty()) {
            OffloadMonitor.leavesOut(explanation());
        }
    }
}
