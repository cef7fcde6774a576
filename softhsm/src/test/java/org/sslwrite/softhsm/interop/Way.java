package org.sslwrite.softhsm.interop;

import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.List;
import java.util.stream.Stream;

/** A token, and how it is reached. */
record Way(Kind token, TokenRoute engine) {
    /** Every token in every way. */
    static final List<Way> ALL =
            Stream.of(Kind.values())
                    .flatMap(token -> Stream.of(TokenRoute.values()).map(e -> new Way(token, e)))
                    .toList();

    /** SoftHSM 2.6 has no CKM_CHACHA20_POLY1305. */
    boolean canSeal(CipherSuite suite) {
        return token == Kind.NSS || suite.bulkCipher() != BulkCipher.CHACHA20_POLY1305;
    }

    /** As it stands in a row: {@code SOFTHSM through CRYPTOKI}. */
    @Override
    public String toString() {
        return token + " through " + engine;
    }
}
