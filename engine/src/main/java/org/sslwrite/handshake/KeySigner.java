package org.sslwrite.handshake;

import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** Signs handshake messages with a key of any provider, through the JCA's {@link Signature}. */
final class KeySigner implements TlsSigner {
    private final PrivateKey key;
    private final @Nullable Provider provider;

    KeySigner(PrivateKey key, @Nullable Provider provider) {
        this.key = key;
        this.provider = provider;
    }

    @Override
    public byte[] generateRawSignature(SignatureAndHashAlgorithm algorithm, byte[] hash) {
        throw new UnsupportedOperationException("TLS 1.2 and 1.3 sign the message, not its hash");
    }

    @Override
    public TlsStreamSigner getStreamSigner(SignatureAndHashAlgorithm algorithm) throws IOException {
        try {
            return new Stream(begin(SignatureScheme.from(algorithm)));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw PeerFault.ours("the private key cannot sign", e);
        }
    }

    private Signature begin(int scheme) throws GeneralSecurityException {
        return switch (scheme) {
            case SignatureScheme.rsa_pss_rsae_sha256 ->
                    beginPss("SHA-256", MGF1ParameterSpec.SHA256, 32);
            case SignatureScheme.rsa_pss_rsae_sha384 ->
                    beginPss("SHA-384", MGF1ParameterSpec.SHA384, 48);
            case SignatureScheme.rsa_pss_rsae_sha512 ->
                    beginPss("SHA-512", MGF1ParameterSpec.SHA512, 64);
            case SignatureScheme.rsa_pkcs1_sha256 -> begin("SHA256withRSA");
            case SignatureScheme.rsa_pkcs1_sha384 -> begin("SHA384withRSA");
            case SignatureScheme.rsa_pkcs1_sha512 -> begin("SHA512withRSA");
            case SignatureScheme.ecdsa_secp256r1_sha256 -> begin("SHA256withECDSA");
            case SignatureScheme.ecdsa_secp384r1_sha384 -> begin("SHA384withECDSA");
            case SignatureScheme.ecdsa_secp521r1_sha512 -> begin("SHA512withECDSA");
            default ->
                    throw new GeneralSecurityException(
                            "no signature for " + SignatureScheme.getText(scheme));
        };
    }

    private Signature begin(String algorithm) throws GeneralSecurityException {
        Signature signature =
                provider == null
                        ? Signature.getInstance(algorithm)
                        : Signature.getInstance(algorithm, provider);
        signature.initSign(key);
        return signature;
    }

    private Signature beginPss(String hash, MGF1ParameterSpec mgf, int saltLength)
            throws GeneralSecurityException {
        Signature signature = begin("RSASSA-PSS");
        signature.setParameter(
                new PSSParameterSpec(
                        hash, "MGF1", mgf, saltLength, PSSParameterSpec.TRAILER_FIELD_BC));
        return signature;
    }

    private record Stream(Signature signature) implements TlsStreamSigner {
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
                    } catch (SignatureException | RuntimeException e) {
                        throw PeerFault.ours("the private key did not sign", e);
                    }
                }
            };
        }

        @Override
        public byte[] getSignature() throws IOException {
            try {
                return signature.sign();
            } catch (SignatureException | RuntimeException e) {
                throw PeerFault.ours("the private key did not sign", e);
            }
        }
    }
}
