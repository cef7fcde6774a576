package org.sslwrite.softhsm.failure;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.ArrayList;
import java.util.List;

/**
 * A token, and the way to it.
 *
 * @param messages whether AES-GCM goes by C_EncryptMessage
 */
record Way(Kind kind, TokenRoute engine, boolean messages) {
    static List<Way> all() {
        List<Way> ways = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (TokenRoute engine : TokenRoute.values()) {
                ways.add(new Way(kind, engine, false));
            }
        }
        ways.add(new Way(Kind.NSS, TokenRoute.CRYPTOKI, true));
        return ways;
    }

    /**
     * Whether a record of such a suite is one call, and so known to have failed only when begun.
     */
    boolean isMessage(Family family) {
        return messages && family.isAead() && family != Family.TLS13_CHACHA20;
    }

    @Override
    public String toString() {
        return kind + " by " + engine + (messages ? ", messages" : "");
    }
}
