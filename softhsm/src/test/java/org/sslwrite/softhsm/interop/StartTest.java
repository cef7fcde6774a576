package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.IdentityException;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenConfig;
import org.sslwrite.pkcs11.TokenEngine;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

/** How many calls to a token it takes to make a context, key in the token and all. */
@Timeout(60)
class StartTest {
    private SoftwareToken software;
    private SoftwareToken.KeyPair key;
    private FaultyModule faulty;

    @BeforeEach
    void makeToken() throws TokenException, IdentityException {
        for (String reason :
                new String[] {
                    SoftwareToken.reasonAgainst(Kind.SOFTHSM), FaultyModule.reasonAgainst()
                }) {
            assumeTrue(reason == null, reason);
        }
        software = SoftwareToken.create(Kind.SOFTHSM);
        key = software.generateKeyPair(KeyPairKind.EC_P256);
        try (Token signer = Token.of(software.config())) {
            TlsIdentity made = signer.selfSigned("localhost", key.selector(), key.publicKey());
            software.storeCertificate(key, made.certificate());
        }
        faulty = FaultyModule.inFrontOf(software.config().module());
    }

    @AfterEach
    void close() {
        if (software != null) {
            software.close();
        }
        if (faulty != null) {
            faulty.close();
        }
    }

    private TokenConfig config(TokenEngine engine) throws TokenException {
        return software.config().toBuilder()
                .module(faulty.library())
                .key(key.selector())
                .engine(engine)
                .build();
    }

    private static SslContext context(Token token, OffloadPolicy policy) throws IdentityException {
        return SslContext.builder().identity(token.identity()).token(token, policy).build();
    }

    @ParameterizedTest(name = "{0}, {1}: fewer than {2}")
    @CsvSource({
        "CRYPTOKI,  TOKEN_ONLY,      120",
        "CRYPTOKI,  TOKEN_PREFERRED, 120",
        "CRYPTOKI,  SOFTWARE,         50",
        "SUNPKCS11, TOKEN_ONLY,      250",
        "SUNPKCS11, TOKEN_PREFERRED, 250",
        "SUNPKCS11, SOFTWARE,        150",
    })
    void contextIsMadeWithFewCalls(TokenEngine engine, OffloadPolicy policy, int limit)
            throws TokenException, IdentityException {
        try (Token token = Token.of(config(engine))) {
            context(token, policy);
            long calls = faulty.calls();
            System.err.println("XX " + engine + policy + " " + calls + " " + faulty);
            assertTrue(calls < limit, calls + " calls: " + faulty);
        }
    }
}
