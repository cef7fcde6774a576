package org.sslwrite.cli;

import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.pin.PinSource;

import java.nio.file.Path;
import java.security.PublicKey;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes a token with a key and its certificate, in a process of its own: modules find their tokens
 * by the environment.
 */
final class TokenSetup {
    static final String LABEL = "web";
    static final String KEY = "tls";
    static final String PIN = "1234";

    private static final int TRIES = 200;

    private TokenSetup() {}

    public static void main(String[] args) throws Exception {
        Path library = Path.of(args[0]);
        CryptokiModule module = reached(library);
        module.initToken(LABEL, PIN.toCharArray(), PIN.toCharArray());
        TokenConfig config =
                TokenConfig.builder()
                        .name(LABEL)
                        .module(library)
                        .token(new TokenSelector.ByLabel(LABEL))
                        .pin(PinSource.of(PIN.toCharArray()))
                        .build();
        try (CryptokiToken owner = CryptokiToken.open(module, config);
                Token token = Token.of(config, module)) {
            byte[] id = {1};
            PublicKey key = owner.generateKeyPair(KeyPairKind.EC_P256, KEY, id, true);
            TlsIdentity identity = token.selfSigned("localhost", KeySelector.byLabel(KEY), key);
            owner.storeCertificate(identity.certificate(), KEY, id, true);
        }
    }

    /** Its server may not answer yet. */
    private static CryptokiModule reached(Path library) throws TokenException {
        for (int i = 1; ; i++) {
            try {
                return CryptokiModule.load(library, null);
            } catch (TokenException e) {
                if (i == TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(100_000_000);
            }
        }
    }
}
