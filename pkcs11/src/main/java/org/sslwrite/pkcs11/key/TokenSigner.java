package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;

import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Signs with one private key in a token. Safe for use by several threads. */
@FunctionalInterface
public interface TokenSigner {
    /**
     * Hashes and signs.
     *
     * @param algorithm the JCA's name: SHA256withRSA, RSASSA-PSS, SHA256withECDSA and so on
     * @param parameters of RSASSA-PSS; otherwise null
     * @return the signature as the JCA gives it (ECDSA in DER)
     */
    byte[] sign(String algorithm, @Nullable AlgorithmParameterSpec parameters, byte[] message)
            throws TokenException;

    /**
     * Names what the token is asked for, as in CKM_RSA_PKCS: algorithms of which it is the same
     * work all, or none of them does. Without this, each algorithm is by itself.
     */
    default String form(String algorithm, @Nullable AlgorithmParameterSpec parameters)
            throws TokenException {
        return algorithm
                + (parameters instanceof PSSParameterSpec pss
                        ? " " + pss.getDigestAlgorithm()
                        : "");
    }
}
