package org.sslwrite.softhsm.failure;

import org.sslwrite.kit.Scene;
import org.sslwrite.kit.Scene.Role;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.Arrays;
import java.util.List;

/** The shapes of record that a token seals, each by one suite. */
enum Family {
    TLS13_GCM(CipherSuite.TLS_AES_128_GCM_SHA256),
    TLS12_GCM(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    TLS13_CHACHA20(CipherSuite.TLS_CHACHA20_POLY1305_SHA256),
    CBC_MTE_SHA1(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA),
    CBC_MTE_SHA256(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256),
    CBC_ETM_SHA384(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384);

    private final CipherSuite suite;

    Family(CipherSuite suite) {
        this.suite = suite;
    }

    CipherSuite suite() {
        return suite;
    }

    boolean isAead() {
        return suite.bulkCipher().isAead();
    }

    boolean isTls13() {
        return scene(Role.CLIENT).isTls13();
    }

    /** The JDK's TLS does not know encrypt-then-MAC (RFC 7366): the other end is one of our own. */
    boolean isEncryptThenMac() {
        return this == CBC_ETM_SHA384;
    }

    Scene scene(Role role) {
        return new Scene(role, suite);
    }

    /** What a token can do. SoftHSM 2.6 has no CKM_CHACHA20_POLY1305. */
    static List<Family> of(Kind kind) {
        return Arrays.stream(values())
                .filter(family -> kind == Kind.NSS || family != TLS13_CHACHA20)
                .toList();
    }
}
