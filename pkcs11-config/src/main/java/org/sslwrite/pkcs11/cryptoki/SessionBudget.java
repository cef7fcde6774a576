package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenConfig;

/**
 * The sessions that all incarnations of a connection may have together (maxSessions): those that
 * failed still have some as long as something is encrypted in them. Safe for use by several
 * threads.
 */
final class SessionBudget {
    private final int limit;
    private int taken;

    SessionBudget(TokenConfig config) {
        this.limit = config.maxSessions() == 0 ? Integer.MAX_VALUE : config.maxSessions();
    }

    /** False if there is none left. */
    synchronized boolean take() {
        if (taken == limit) {
            return false;
        }
        taken++;
        return true;
    }

    synchronized void giveBack(int sessions) {
        taken -= sessions;
    }

    synchronized boolean isHalfFree() {
        return taken < limit / 2;
    }

    synchronized int left() {
        return limit - taken;
    }
}
