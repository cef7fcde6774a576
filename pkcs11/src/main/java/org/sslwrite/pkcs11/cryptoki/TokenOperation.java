package org.sslwrite.pkcs11.cryptoki;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Work under one key of ours, which {@link #close} destroys. Closing while another thread is in the
 * middle of a call leaves the destruction to that thread: nothing is taken away from under a call.
 */
abstract sealed class TokenOperation implements AutoCloseable
        permits AeadOperation, CbcOperation, HmacOperation, MessageAeadOperation {
    private static final int IDLE = 0;
    private static final int BUSY = 1;
    private static final int CLOSING = 2;
    private static final int CLOSED = 3;

    private static final VarHandle STATE = stateHandle();

    final TokenSessions sessions;
    private final CryptokiToken token;
    final long key;

    @SuppressWarnings("unused") // by STATE
    private volatile int state;

    TokenOperation(CryptokiToken token, long key) {
        this.token = token;
        this.sessions = token.sessions();
        this.key = key;
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(TokenOperation.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Begins a call. */
    final void enter() {
        if (!STATE.compareAndSet(this, IDLE, BUSY)) {
            throw new IllegalStateException(
                    state == BUSY ? "used by two threads at once" : "closed");
        }
    }

    /** Ends a call. */
    final void leave() {
        if (!STATE.compareAndSet(this, BUSY, IDLE)) {
            state = CLOSED;
            end();
        }
    }

    /** Notes what a call failed of; the caller throws it. */
    final CryptokiException failed(CryptokiException e) {
        token.failed(e);
        return e;
    }

    /** Destroys the key in the token. Twice does no harm; never throws. */
    @Override
    public void close() {
        if (STATE.compareAndSet(this, IDLE, CLOSED)) {
            end();
        } else {
            STATE.compareAndSet(this, BUSY, CLOSING);
        }
    }

    private void end() {
        token.end(this);
    }

    /** Before the key is destroyed; within the token's deadline. */
    void beforeEnd() throws TokenException {}
}
