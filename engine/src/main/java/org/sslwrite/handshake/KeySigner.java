package org.sslwrite.handshake;

import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.SealerWatch;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/**
 * Signs handshake messages with a key of any provider, through the JCA's {@link Signature}. What a
 * key signs that is not in this process is verified before it is sent.
 */
final class KeySigner implements TlsSigner {
    private final Credential credential;
    private final SealerWatch watch;

    /**
     * @param watch learns of a signature that is wrong
     */
    KeySigner(Credential credential, SealerWatch watch) {
        this.credential = credential;
        this.watch = watch;
    }

    @Override
    public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash) {
        throw new UnsupportedOperationException("TLS 1.2 and 1.3 sign the message, not its hash");
    }

    @Override
    public TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm) throws IOException {
        try {
            int scheme = SignatureScheme.from(algorithm);
            return new Stream(
                    signature(scheme, this::beginSigning),
                    isElsewhere() ? signature(scheme, this::beginVerifying) : null);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw PeerFault.ours("the private key cannot sign", e);
        }
    }

    /** Only a handle to such a key is here, without an encoding. */
    private boolean isElsewhere() {
        return credential.key().getFormat() == null;
    }

    /** Makes one ready for the messages. */
    private interface Beginning {
        Signature of(String algorithm) throws GeneralSecurityException;
    }

    private static Signature signature(int scheme, Beginning begin)
            throws GeneralSecurityException {
        return switch (scheme) {
            case SignatureScheme.rsa_pss_rsae_sha256 ->
                    pss(begin, "SHA-256", MGF1ParameterSpec.SHA256, 32);
            case SignatureScheme.rsa_pss_rsae_sha384 ->
                    pss(begin, "SHA-384", MGF1ParameterSpec.SHA384, 48);
            case SignatureScheme.rsa_pss_rsae_sha512 ->
                    pss(begin, "SHA-512", MGF1ParameterSpec.SHA512, 64);
            case SignatureScheme.rsa_pkcs1_sha256 -> begin.of("SHA256withRSA");
            case SignatureScheme.rsa_pkcs1_sha384 -> begin.of("SHA384withRSA");
            case SignatureScheme.rsa_pkcs1_sha512 -> begin.of("SHA512withRSA");
            case SignatureScheme.ecdsa_secp256r1_sha256 -> begin.of("SHA256withECDSA");
            case SignatureScheme.ecdsa_secp384r1_sha384 -> begin.of("SHA384withECDSA");
            case SignatureScheme.ecdsa_secp521r1_sha512 -> begin.of("SHA512withECDSA");
            default ->
                    throw new GeneralSecurityException(
                            "no signature for " + SignatureScheme.getText(scheme));
        };
    }

    private static Signature pss(
            Beginning begin, String hash, MGF1ParameterSpec mgf, int saltLength)
            throws GeneralSecurityException {
        Signature signature = begin.of("RSASSA-PSS");
        signature.setParameter(
                new PSSParameterSpec(
                        hash, "MGF1", mgf, saltLength, PSSParameterSpec.TRAILER_FIELD_BC));
        return signature;
    }

    private Signature beginSigning(String algorithm) throws GeneralSecurityException {
        Provider provider = credential.provider();
        Signature signature =
                provider == null
                        ? Signature.getInstance(algorithm)
                        : Signature.getInstance(algorithm, provider);
        signature.initSign(credential.key());
        return signature;
    }

    private Signature beginVerifying(String algorithm) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initVerify(credential.leaf().getPublicKey());
        return signature;
    }

    private final class Stream implements TlsStreamSigner {
        private final Signature signature;
        private final @Nullable Signature verification;

        /**
         * @param verification sees the same message; null if there is no need for it
         */
        Stream(Signature signature, @Nullable Signature verification) {
            this.signature = signature;
            this.verification = verification;
        }

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    try {
                        signature.update(bytes, offset, length);
                        if (verification != null) {
                            verification.update(bytes, offset, length);
                        }
                    } catch (SignatureException | RuntimeException e) {
                        throw PeerFault.ours("the private key did not sign", e);
                    }
                }
            };
        }

        @Override
        public byte[] getSignature() throws IOException {
            try {
                byte[] signed = signature.sign();
                if (verification != null && !isVerified(verification, signed)) {
                    watch.signedWrongly(credential.key());
                    throw new SignatureException(
                            "its signature is wrong: the certificate's public key does not verify"
                                    + " it");
                }
                return signed;
            } catch (SignatureException | RuntimeException e) {
                throw PeerFault.ours("the private key did not sign", e);
            }
        }

        /** What is no signature at all is not verified either. */
        private static boolean isVerified(Signature verification, byte[] signed) {
            try {
                return verification.verify(signed);
            } catch (SignatureException e) {
                return false;
            }
        }
    }
}
