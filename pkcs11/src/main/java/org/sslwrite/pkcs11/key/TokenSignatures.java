package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.Nullable;

import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.List;
import java.util.Map;

/**
 * The JCA provider whose {@link java.security.Signature}s sign with a {@link TokenPrivateKey}, and
 * with no other key; they verify nothing. Registered nowhere.
 */
public final class TokenSignatures extends Provider {
    private static final long serialVersionUID = 1L;

    private static final List<String> ALGORITHMS =
            List.of(
                    "SHA256withRSA",
                    "SHA384withRSA",
                    "SHA512withRSA",
                    "RSASSA-PSS",
                    "SHA256withECDSA",
                    "SHA384withECDSA",
                    "SHA512withECDSA");

    /** The only one there need be. */
    public static final Provider PROVIDER = new TokenSignatures();

    private TokenSignatures() {
        super("sslwrite-token", "1", "signatures by keys in PKCS#11 tokens");
        for (String algorithm : ALGORITHMS) {
            putService(new TokenSignatureService(this, algorithm));
        }
    }

    /** Makes signatures without reflection, so the class that does it need not be public. */
    private static final class TokenSignatureService extends Service {
        TokenSignatureService(Provider provider, String algorithm) {
            super(
                    provider,
                    "Signature",
                    algorithm,
                    TokenSignatureSpi.class.getName(),
                    List.of(),
                    Map.of("SupportedKeyClasses", TokenPrivateKey.class.getName()));
        }

        @Override
        public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
            return new TokenSignatureSpi(getAlgorithm());
        }

        @Override
        public boolean supportsParameter(@Nullable Object parameter) {
            return parameter instanceof TokenPrivateKey;
        }
    }
}
