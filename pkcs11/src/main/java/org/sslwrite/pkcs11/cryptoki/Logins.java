package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.timeout.TokenCall;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who uses the login of which slot. A login belongs to the whole process ("all of the application's
 * sessions with the token"; PKCS#11 2.40, C_Login), so one user of a slot must not log out while
 * another still works: only the last one that leaves does. Safe for use by several threads; logins
 * and logouts of one slot happen one after the other.
 */
public final class Logins {
    /** Logs in if that is still needed. */
    @FunctionalInterface
    public interface Login {
        /**
         * @return whether this was the one who logged in; false if the process was logged in before
         */
        boolean login() throws TokenException;
    }

    private final Map<Long, Slot> slots = new HashMap<>();

    Logins() {}

    /**
     * Logs in, and keeps the slot's login until the lease is left.
     *
     * @param login called at once; if it fails there is no lease
     */
    public Lease join(long slot, Login login) throws TokenException {
        Slot users = slot(slot);
        synchronized (users) {
            users.ours |= login.login();
            Lease lease = new Lease(users);
            users.leases.add(lease);
            return lease;
        }
    }

    /** Makes a call while nobody logs in to the slot, or out of it. */
    <T> T alone(long slot, TokenCall<T> call) throws TokenException {
        synchronized (slot(slot)) {
            return call.call();
        }
    }

    /** Whether the process is logged in. */
    @FunctionalInterface
    public interface Check {
        /** Asks the token. */
        boolean isLoggedIn() throws TokenException;
    }

    /**
     * Keeps the slot's login, if there is one, until the lease is left. Between the check and that
     * nobody logs out.
     *
     * @return null if nobody is logged in
     */
    public @Nullable Lease joinIfLoggedIn(long slot, Check check) throws TokenException {
        Slot users = slot(slot);
        synchronized (users) {
            if (!check.isLoggedIn()) {
                return null;
            }
            Lease lease = new Lease(users);
            users.leases.add(lease);
            return lease;
        }
    }

    /** The module was finalized, which ended every login: leases from before mean nothing now. */
    void forget() {
        synchronized (slots) {
            slots.clear();
        }
    }

    private Slot slot(long slot) {
        synchronized (slots) {
            return slots.computeIfAbsent(slot, id -> new Slot());
        }
    }

    /** The users of one slot, since the module was last initialised. */
    private final class Slot {
        private final Set<Lease> leases = Collections.newSetFromMap(new IdentityHashMap<>());

        /** Whether one of us logged in, rather than other code in this process before us. */
        private boolean ours;

        private boolean isCurrent() {
            synchronized (slots) {
                return slots.containsValue(this);
            }
        }
    }

    /** One user's share in a login. */
    public static final class Lease {
        private final Slot users;

        private Lease(Slot users) {
            this.users = users;
        }

        /**
         * Gives the share back. Twice does no harm.
         *
         * @param logout called if this was the last share and the login was ours
         */
        public void leave(Runnable logout) {
            synchronized (users) {
                if (!users.leases.remove(this) || !users.leases.isEmpty() || !users.ours) {
                    return;
                }
                users.ours = false;
                if (users.isCurrent()) {
                    logout.run();
                }
            }
        }
    }
}
