package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;

import java.util.ArrayList;
import java.util.List;

/**
 * How many sessions could be open at once, beside those that were.
 *
 * @param opened sessions that were opened and closed again
 * @param reason what the token said to the next one; null if it was not asked for more
 */
public record SessionLimit(int opened, @Nullable String reason) {
    /** Opens sessions until it has so many, or is refused one; closes all of them. */
    static SessionLimit upTo(int bound, CryptokiFunctions functions, long slot) {
        List<Long> sessions = new ArrayList<>();
        try {
            while (sessions.size() < bound) {
                sessions.add(RawSession.openHandle(functions, slot));
            }
            return new SessionLimit(sessions.size(), null);
        } catch (TrialFailure e) {
            return new SessionLimit(sessions.size(), e.reason());
        } finally {
            // Not C_CloseAllSessions, which would close those of others in this process too.
            sessions.forEach(functions::C_CloseSession);
        }
    }
}
