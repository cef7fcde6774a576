package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.config.TokenConfig;

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

    /** Takes one if more than half of them would not be in use without it. */
    synchronized boolean takeIfHalfFree(int limitOfToken) {
        if (!isHalfFree(limitOfToken)) {
            return false;
        }
        taken++;
        return true;
    }

    synchronized boolean isHalfFree(int limitOfToken) {
        return taken < Math.min(limit, limitOfToken) / 2;
    }

    synchronized int left() {
        return limit - taken;
    }
}
