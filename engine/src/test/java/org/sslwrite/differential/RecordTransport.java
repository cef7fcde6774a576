package org.sslwrite.differential;

import org.sslwrite.bio.Bio;

import java.lang.foreign.MemorySegment;

/** The transport between the subject of a case and the test, seen from the test's end. */
interface RecordTransport extends AutoCloseable {
    /** The subject's end, for our implementation. */
    Bio bio();

    /**
     * The subject's end, for OpenSSL: what to read from and what to write to; twice the same if one
     * does both.
     */
    NativeEnds nativeEnds();

    /** BIOs of OpenSSL's; the connection that takes them frees them. */
    record NativeEnds(MemorySegment read, MemorySegment write) {}

    /** Takes all that the subject has written. */
    byte[] take();

    /**
     * Hands the subject bytes to read.
     *
     * @return how many it took
     */
    int give(byte[] source, int offset, int length);

    /** Closes the test's end: the subject reads what is there, then the end. */
    void end();

    /** The script, where this transport follows one. */
    default ScriptedWire script() {
        throw new UnsupportedOperationException("this transport follows no script: " + this);
    }

    @Override
    void close();
}
