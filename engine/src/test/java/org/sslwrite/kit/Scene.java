package org.sslwrite.kit;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The circumstances of a test: which side we are, and what the two sides agree on.
 *
 * @param role ours
 * @param suite the only one allowed
 */
public record Scene(Role role, CipherSuite suite) {
    /** Client or server. */
    public enum Role {
        CLIENT,
        SERVER;

        public Role other() {
            return this == CLIENT ? SERVER : CLIENT;
        }
    }

    /** TLS 1.3, AES-128-GCM, we are the client: for tests that are about neither. */
    public static final Scene ANY = new Scene(Role.CLIENT, CipherSuite.TLS_AES_128_GCM_SHA256);

    private static final CipherSuite TLS12 = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

    /** Both versions in both roles. */
    public static List<Scene> each() {
        return Stream.of(ANY.suite, TLS12).flatMap(Scene::inBothRoles).toList();
    }

    /** TLS 1.3 in both roles. */
    public static List<Scene> tls13() {
        return inBothRoles(ANY.suite).toList();
    }

    /** TLS 1.2 in both roles. */
    public static List<Scene> tls12() {
        return inBothRoles(TLS12).toList();
    }

    /** Every suite in both roles. */
    public static List<Scene> everySuite() {
        return Arrays.stream(CipherSuite.values()).flatMap(Scene::inBothRoles).toList();
    }

    private static Stream<Scene> inBothRoles(CipherSuite suite) {
        return Stream.of(new Scene(Role.CLIENT, suite), new Scene(Role.SERVER, suite));
    }

    public TlsVersion version() {
        return suite.version();
    }

    public boolean isTls13() {
        return version() == TlsVersion.TLSV1_3;
    }

    @Override
    public String toString() {
        return version() + " " + role.name().toLowerCase(java.util.Locale.ROOT) + " " + suite;
    }
}
