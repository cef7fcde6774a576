package org.sslwrite.cli;

import org.sslwrite.TlsIdentity;

import java.security.GeneralSecurityException;
import java.util.List;

/** Self-signed certificates, for servers that were given none. */
final class OwnIdentity {
    private OwnIdentity() {}

    /**
     * One with an elliptic curve key and one with an RSA key, so that every cipher suite finds one
     * that fits.
     */
    static List<TlsIdentity> selfSigned(String host) throws CommandFailure {
        try {
            return List.of(TlsIdentity.selfSigned(host, "EC"), TlsIdentity.selfSigned(host, "RSA"));
        } catch (GeneralSecurityException e) {
            throw new CommandFailure(
                    "cannot make a self-signed certificate for " + host + ": " + e.getMessage(), e);
        }
    }
}
