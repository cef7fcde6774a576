package org.sslwrite.handshake;

import org.bouncycastle.tls.crypto.TlsAgreement;
import org.bouncycastle.tls.crypto.TlsSecret;

import java.io.IOException;

/** A key agreement that tells our own failure from what the peer sent. */
record Agreement(TlsAgreement stock) implements TlsAgreement {
    @Override
    public byte[] generateEphemeral() throws IOException {
        try {
            return stock.generateEphemeral();
        } catch (IOException | RuntimeException e) {
            throw PeerFault.ours("no key for the key agreement could be made", e);
        }
    }

    @Override
    public void receivePeerValue(byte[] peerValue) throws IOException {
        try {
            stock.receivePeerValue(peerValue);
        } catch (IOException | RuntimeException e) {
            throw PeerFault.inKeyShare(e);
        }
    }

    /** A point of low order is found here only. */
    @Override
    public TlsSecret calculateSecret() throws IOException {
        try {
            return stock.calculateSecret();
        } catch (IOException | RuntimeException e) {
            throw PeerFault.inKeyShare(e);
        }
    }
}
