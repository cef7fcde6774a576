package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenRoute;

import java.util.List;

/**
 * Whether the records of a TLS cipher suite can be sealed by the token.
 *
 * @param name the suite's IANA name
 * @param engines by which they can; empty if by none
 * @param reason why not, if by none. It may quote the token.
 */
public record SuiteOffload(String name, List<TokenRoute> engines, String reason) {
    /** Copies. */
    public SuiteOffload {
        engines = List.copyOf(engines);
    }

    /** Whether any engine can. */
    public boolean isPossible() {
        return !engines.isEmpty();
    }
}
