package org.sslwrite.bench.jmh;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.engine.Engine;
import org.sslwrite.bench.engine.EngineName;
import org.sslwrite.bench.engine.Engines;
import org.sslwrite.pkcs11.TokenException;

/** The engine, which all threads share. */
@State(Scope.Benchmark)
public class EngineState {
    /** An {@link EngineName}. */
    @Param("sunjce")
    public String engine = "sunjce";

    /** As {@link Tokens} has it. */
    @Param(Tokens.NONE)
    public String token = Tokens.NONE;

    Engine opened;
    private int users;
    private boolean closing;

    /** Opens it. */
    @Setup(Level.Trial)
    public void open() throws AbsentException, TokenException {
        closing = false;
        opened = Engines.open(EngineName.of(engine), Tokens.of(token));
    }

    /** Closes it, when nobody uses it any more. */
    @TearDown(Level.Trial)
    public synchronized void close() {
        closing = true;
        closeIfUnused();
    }

    /** JMH may end this state while another thread is still ending its own. */
    synchronized void retain() {
        users++;
    }

    synchronized void release() {
        users--;
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (closing && users == 0) {
            opened.close();
        }
    }
}
