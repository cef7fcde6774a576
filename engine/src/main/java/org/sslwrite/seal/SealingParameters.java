package org.sslwrite.seal;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

/**
 * What a sealer must know beside its keys.
 *
 * @param version negotiated protocol version
 * @param suite negotiated cipher suite
 * @param encryptThenMac whether RFC 7366 was negotiated; has a meaning for CBC suites only
 */
public record SealingParameters(TlsVersion version, CipherSuite suite, boolean encryptThenMac) {
    /** Refuses a suite that does not belong to the version. */
    public SealingParameters {
        if (suite.version() != version) {
            throw new IllegalArgumentException(suite + " is not a suite of " + version);
        }
    }
}
