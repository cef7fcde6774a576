package org.sslwrite.handshake;

import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/**
 * A signature scheme of TLS as the JCA has it.
 *
 * @param scheme the code
 * @param algorithm the JCA's name
 * @param parameters of RSASSA-PSS; otherwise null
 */
public record HandshakeSignature(
        int scheme, String algorithm, @Nullable PSSParameterSpec parameters) {
    /**
     * @throws GeneralSecurityException if we sign with no such scheme
     */
    public static HandshakeSignature of(int scheme) throws GeneralSecurityException {
        return switch (scheme) {
            case SignatureScheme.rsa_pss_rsae_sha256 ->
                    pss(scheme, "SHA-256", MGF1ParameterSpec.SHA256, 32);
            case SignatureScheme.rsa_pss_rsae_sha384 ->
                    pss(scheme, "SHA-384", MGF1ParameterSpec.SHA384, 48);
            case SignatureScheme.rsa_pss_rsae_sha512 ->
                    pss(scheme, "SHA-512", MGF1ParameterSpec.SHA512, 64);
            case SignatureScheme.rsa_pkcs1_sha256 -> plain(scheme, "SHA256withRSA");
            case SignatureScheme.rsa_pkcs1_sha384 -> plain(scheme, "SHA384withRSA");
            case SignatureScheme.rsa_pkcs1_sha512 -> plain(scheme, "SHA512withRSA");
            case SignatureScheme.ecdsa_secp256r1_sha256 -> plain(scheme, "SHA256withECDSA");
            case SignatureScheme.ecdsa_secp384r1_sha384 -> plain(scheme, "SHA384withECDSA");
            case SignatureScheme.ecdsa_secp521r1_sha512 -> plain(scheme, "SHA512withECDSA");
            default ->
                    throw new GeneralSecurityException(
                            "no signature for " + SignatureScheme.getText(scheme));
        };
    }

    private static HandshakeSignature plain(int scheme, String algorithm) {
        return new HandshakeSignature(scheme, algorithm, null);
    }

    private static HandshakeSignature pss(
            int scheme, String hash, MGF1ParameterSpec mgf, int saltLength) {
        return new HandshakeSignature(
                scheme,
                "RSASSA-PSS",
                new PSSParameterSpec(
                        hash, "MGF1", mgf, saltLength, PSSParameterSpec.TRAILER_FIELD_BC));
    }

    /** The scheme's name, as in rsa_pss_rsae_sha256. */
    public String name() {
        return SignatureScheme.getName(scheme);
    }

    /**
     * Begins to sign.
     *
     * @param provider whose Signature takes the key; null: the first registered one that does
     */
    public Signature signing(PrivateKey key, @Nullable Provider provider)
            throws GeneralSecurityException {
        Signature signature =
                provider == null
                        ? Signature.getInstance(algorithm)
                        : Signature.getInstance(algorithm, provider);
        signature.initSign(key);
        return withParameters(signature);
    }

    /** Begins to verify. */
    public Signature verifying(PublicKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initVerify(key);
        return withParameters(signature);
    }

    private Signature withParameters(Signature signature) throws GeneralSecurityException {
        if (parameters != null) {
            signature.setParameter(parameters);
        }
        return signature;
    }
}
