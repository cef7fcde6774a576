package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which incarnation of a token each session and session object of ours belongs to. Handles are
 * numbers that a module may give out again once it has lost what they stood for: an old owner that
 * then closed "its" session would close another's, and one that encrypted would use another's key.
 * So a handle that comes back a second time proves that its first owner has lost everything. Safe
 * for use by several threads; calls nothing outside.
 */
final class HandleRegistry {
    /** One that owns handles. */
    interface Owner {
        /** None of its handles can be trusted from now on. */
        void lost();

        /** When it began to collect handles: {@link HandleRegistry#generation} at that time. */
        int generation();

        /** Whether it is used for nothing new. */
        boolean isRetired();
    }

    /** Handles of objects are the same in all sessions with one token only. */
    private record ObjectHandle(long slot, long handle) {}

    private final Map<Long, Owner> sessions = new HashMap<>();
    private final Map<ObjectHandle, Owner> objects = new HashMap<>();

    private volatile int generation;

    /** Counts how often everything was lost. */
    int generation() {
        return generation;
    }

    /** Claims a handle that was just given out. */
    synchronized void session(Owner owner, long handle) {
        if (isCurrent(owner)) {
            dispossess(sessions.put(handle, owner));
        }
    }

    /** Claims a handle that was just given out. */
    synchronized void object(Owner owner, long slot, long handle) {
        if (isCurrent(owner)) {
            dispossess(objects.put(new ObjectHandle(slot, handle), owner));
        }
    }

    private boolean isCurrent(Owner owner) {
        if (owner.generation() != generation) {
            owner.lost();
        }
        return owner.generation() == generation;
    }

    /** Ends a claim; false if it had none. */
    synchronized boolean dropSession(Owner owner, long handle) {
        return sessions.remove(handle, owner);
    }

    /** Ends a claim; false if it had none. */
    synchronized boolean dropObject(Owner owner, long slot, long handle) {
        return objects.remove(new ObjectHandle(slot, handle), owner);
    }

    synchronized List<Long> sessions(Owner owner) {
        return sessions.entrySet().stream()
                .filter(claim -> claim.getValue() == owner)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A session of each owner that has one; of those that are not retired first. */
    synchronized List<Long> oneSessionEach() {
        Map<Owner, Long> one = new HashMap<>();
        sessions.forEach((session, owner) -> one.put(owner, session));
        return one.entrySet().stream()
                .sorted(Comparator.comparing(claim -> claim.getKey().isRetired()))
                .map(Map.Entry::getValue)
                .toList();
    }

    synchronized int objectsOf(Owner owner) {
        return (int) objects.values().stream().filter(o -> o == owner).count();
    }

    /** Ends every claim of this owner, whose objects went with its sessions. */
    synchronized void dropAll(Owner owner) {
        sessions.values().removeIf(o -> o == owner);
        objects.values().removeIf(o -> o == owner);
    }

    /**
     * The module was finalized: nobody owns anything any more.
     *
     * @param generation in which that was; false if another one has begun since
     */
    synchronized boolean loseAll(int generation) {
        if (generation != this.generation) {
            return false;
        }
        Set<Owner> owners = new HashSet<>(sessions.values());
        owners.addAll(objects.values());
        owners.forEach(Owner::lost);
        sessions.clear();
        objects.clear();
        this.generation++;
        return true;
    }

    private void dispossess(@Nullable Owner previous) {
        if (previous != null) {
            previous.lost();
            dropAll(previous);
        }
    }
}
