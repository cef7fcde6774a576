package org.sslwrite.handshake;

import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.crypto.TlsSigner;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.chain.SealerListener;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;

/**
 * Signs handshake messages with a key of any provider, through the JCA's {@link Signature}. What a
 * key signs that is not in this process is verified before it is sent.
 */
final class KeySigner implements TlsSigner {
    private final Credential credential;
    private final SealerListener watch;

    /**
     * @param watch learns of a signature that is wrong
     */
    KeySigner(Credential credential, SealerListener watch) {
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
            HandshakeSignature signature = HandshakeSignature.of(SignatureScheme.from(algorithm));
            return new Stream(
                    signature.signing(credential.key(), credential.provider()),
                    isElsewhere() ? signature.verifying(credential.leaf().getPublicKey()) : null);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw PeerFault.ours("the private key cannot sign", e);
        }
    }

    /** Only a handle to such a key is here, without an encoding. */
    private boolean isElsewhere() {
        return credential.key().getFormat() == null;
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
