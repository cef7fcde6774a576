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

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
        makeKey(module, library, KeyPairKind.EC_P256);
    }

    /** In a token that is there. */
    static void makeKey(CryptokiModule module, Path library, KeyPairKind kind) throws Exception {
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
            PublicKey key = owner.generateKeyPair(kind, KEY, id, true);
            TlsIdentity identity = token.selfSigned("localhost", KeySelector.byLabel(KEY), key);
            owner.storeCertificate(identity.certificate(), KEY, id, true);
        }
    }

    /** Names the key. Its PIN is put into a file in the folder. */
    static String uri(Path module, Path folder) throws IOException {
        Path pin = Files.writeString(folder.resolve("pin"), PIN + "\n");
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
        return "pkcs11:token="
                + LABEL
                + ";object="
                + KEY
                + "?module-path="
                + escaped(module)
                + "&pin-source=file:"
                + escaped(pin);
    }

    private static String escaped(Path path) {
        return URLEncoder.encode(path.toString(), StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
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
