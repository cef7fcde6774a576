package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.cryptoki.ffi.Template;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The session that an incarnation keeps for its whole life, because session objects die with the
 * session that made them ("when a session is closed, any session objects which were created in that
 * session are destroyed"; PKCS#11 2.40, C_CloseSession). Used by one thread at a time. Of a token
 * with one session only it is the one in which everything else is done too.
 */
final class ObjectSession {
    /** A function that makes an object and writes its handle. */
    @FunctionalInterface
    interface Maker {
        long make(long session, long handle);
    }

    private final TokenSessions sessions;

    /** 0: the only one, which is in the pool. */
    private final long session;

    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    ObjectSession(TokenSessions sessions) throws CryptokiException {
        this.sessions = sessions;
        this.session = sessions.isOnlyOne() ? 0 : sessions.openForObjects();
    }

    /** 0 if there is none, which the pool will open. */
    long handle() {
        return session != 0 ? session : sessions.anyOpen();
    }

    /** Asks in this session; it isn't closed under the call, however long that takes. */
    <T, E extends TokenException> T call(String function, TokenSessions.SessionCall<T, E> call)
            throws E, CryptokiException {
        if (session == 0) {
            return sessions.call(call);
        }
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
            long in = handle();
            if (!closed && in != 0 && !sessions.areLost()) {
                sessions.functions().C_Logout(in);
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
                (in, handle) ->
                        sessions.functions()
                                .C_CreateObject(in, template.address(), template.count(), handle));
    }

    /**
     * Makes an object.
     *
     * @param isSessionObject whether it is ours to destroy
     */
    long make(String function, boolean isSessionObject, Maker maker) throws CryptokiException {
        return this.<Long, CryptokiException>call(
                function, in -> make(in, function, isSessionObject, maker));
    }

    private long make(long in, String function, boolean isSessionObject, Maker maker)
            throws CryptokiException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
            sessions.check(function, maker.make(in, handle.address()));
            long object = sessions.requireHandle(function, handle.get(ValueLayout.JAVA_LONG, 0));
            if (isSessionObject) {
                sessions.claimObject(object);
            }
            return object;
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
        if (session == 0) {
            sessions.<Boolean, CryptokiException>call(in -> destroy(in, object));
            return;
        }
        lock.lock();
        try {
            destroy(session, object);
        } finally {
            lock.unlock();
        }
    }

    private boolean destroy(long in, long object) throws CryptokiException {
        boolean isOurs = sessions.dropObject(object);
        if (isOurs) {
            sessions.check("C_DestroyObject", sessions.functions().C_DestroyObject(in, object));
        }
        return isOurs;
    }

    /** Closes the session, and so destroys all that was made in it. */
    void close() {
        lock.lock();
        try {
            closed = true;
            sessions.closeSession(handle());
        } finally {
            lock.unlock();
        }
    }
}
