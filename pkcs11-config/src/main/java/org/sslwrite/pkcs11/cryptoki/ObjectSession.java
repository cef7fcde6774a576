package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The session that an incarnation keeps for its whole life, because session objects die with the
 * session that made them ("when a session is closed, any session objects which were created in that
 * session are destroyed"; PKCS#11 2.40, C_CloseSession). Used by one thread at a time.
 */
final class ObjectSession {
    /** A function that makes an object and writes its handle. */
    @FunctionalInterface
    interface Maker {
        long make(long session, long handle);
    }

    private final TokenSessions sessions;
    private final long session;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    ObjectSession(TokenSessions sessions) throws CryptokiException {
        this.sessions = sessions;
        this.session = sessions.openForObjects();
    }

    long handle() {
        return session;
    }

    /** Asks in this session; it isn't closed under the call, however long that takes. */
    <T, E extends TokenException> T call(String function, TokenSessions.SessionCall<T, E> call)
            throws E, CryptokiException {
        lock.lock();
        try {
            requireOpen(function);
            return call.call(session);
        } finally {
            lock.unlock();
        }
    }

    /** C_Logout, of the whole process. */
    void logout() {
        lock.lock();
        try {
            if (!closed && !sessions.areLost()) {
                sessions.functions().C_Logout(session);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Creates an object (C_CreateObject).
     *
     * @param isSessionObject whether it is ours to destroy
     */
    long create(Template template, boolean isSessionObject) throws CryptokiException {
        return make(
                "C_CreateObject",
                isSessionObject,
                (session, handle) ->
                        sessions.functions()
                                .C_CreateObject(
                                        session, template.address(), template.count(), handle));
    }

    /**
     * Makes an object.
     *
     * @param isSessionObject whether it is ours to destroy
     */
    long make(String function, boolean isSessionObject, Maker maker) throws CryptokiException {
        lock.lock();
        try (Arena arena = Arena.ofConfined()) {
            requireOpen(function);
            MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
            sessions.check(function, maker.make(session, handle.address()));
            long object = sessions.requireHandle(function, handle.get(ValueLayout.JAVA_LONG, 0));
            if (isSessionObject) {
                sessions.claimObject(object);
            }
            return object;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen(String function) throws CryptokiException {
        sessions.requireOurs(function);
        if (closed) {
            throw sessions.failure(function, Ckr.CKR_SESSION_CLOSED, "the token was closed");
        }
    }

    /** Destroys an object of ours, unless it is ours no more. */
    void destroy(long object) throws CryptokiException {
        lock.lock();
        try {
            if (sessions.dropObject(object)) {
                sessions.check(
                        "C_DestroyObject", sessions.functions().C_DestroyObject(session, object));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes the session, and so destroys all that was made in it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            sessions.closeSession(session);
        } finally {
            lock.unlock();
        }
    }
}
