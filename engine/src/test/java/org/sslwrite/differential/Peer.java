package org.sslwrite.differential;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The other end of a case's connection: always OpenSSL's, over buffers in memory, so that the same
 * independent implementation judges what both subjects send.
 */
final class Peer implements AutoCloseable {
    private final OpenSsl ssl;
    private final MemorySegment in = LibSsl.BIO_new(LibSsl.BIO_s_mem());
    private final MemorySegment out = LibSsl.BIO_new(LibSsl.BIO_s_mem());
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private Result last = new Result(-1, "WANT_READ", null);
    private byte[] unsent = new byte[0];
    private boolean established;

    Peer(Setup setup) {
        ssl =
                OpenSslContext.of(
                                new OpenSslContext.Options(
                                        setup.peerSuite(), true, 2, setup.peerMaxFragment()))
                        .newSsl();
        LibSsl.BIO_set_mem_eof_return(in, -1);
        LibSsl.SSL_set_bio(ssl.pointer(), in, out);
        ssl.setRole(setup.role().other());
    }

    /**
     * Takes what the subject has written, does what it can, and hands over what there is to say.
     *
     * <p>May run while a call of the subject is on the stack and waits for the transport: the
     * thread's error queue, which it leaves empty, was empty then.
     *
     * @param from where the subject writes, in the order in which it did
     * @param to where it reads
     * @return whether anything moved, in either direction
     */
    boolean turn(List<RecordTransport> from, RecordTransport to) {
        int taken = 0;
        for (RecordTransport wire : from) {
            byte[] bytes = wire.take();
            taken += NativeMemory.write(in, bytes, 0, bytes.length);
        }
        work();
        int given = send(to);
        LibSsl.ERR_clear_error();
        return taken + given > 0;
    }

    private void work() {
        if (last.isFailure()) {
            return;
        }
        if (!established) {
            last = ssl.handshake();
            established = last.succeeded();
        }
        while (established) {
            last = ssl.read(1 << 16);
            if (!last.succeeded()) {
                return;
            }
            received.writeBytes(ssl.lastRead());
        }
    }

    private int send(RecordTransport wire) {
        byte[] more = NativeMemory.readAll(out);
        if (more.length > 0) {
            int held = unsent.length;
            unsent = Arrays.copyOf(unsent, held + more.length);
            System.arraycopy(more, 0, unsent, held, more.length);
        }
        int given = wire.give(unsent, 0, unsent.length);
        unsent = Arrays.copyOfRange(unsent, given, unsent.length);
        return given;
    }

    boolean isEstablished() {
        return established;
    }

    /** What the peer's last handshake or read came to; after a failure, that. */
    Result last() {
        return last;
    }

    Result write(int offset, int length) {
        return ssl.write(Buffers.segment(1, offset, length), length);
    }

    Result shutdown() {
        return ssl.shutdown();
    }

    Result keyUpdate(boolean requestSubject) {
        Result asked = ssl.keyUpdate(requestSubject);
        return asked.succeeded() ? ssl.handshake() : asked;
    }

    Result renegotiate() {
        Result asked = ssl.renegotiate();
        return asked.succeeded() ? ssl.handshake() : asked;
    }

    int renegotiations() {
        return ssl.renegotiations();
    }

    byte[] received() {
        return received.toByteArray();
    }

    /** What was received since the last time that this was called. */
    byte[] takeReceived() {
        byte[] all = received.toByteArray();
        received.reset();
        return all;
    }

    int receivedLength() {
        return received.size();
    }

    @Override
    public void close() {
        ssl.close();
    }
}
