package org.sslwrite.kit;

import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.TlsClientProtocol;

import java.io.IOException;
import java.util.Arrays;

/** A client whose handshake messages and records follow a script. */
final class ScriptedClientProtocol extends TlsClientProtocol {
    private final Script script;
    private Transcript transcript;

    /** A client that does as the script says. */
    ScriptedClientProtocol(Script script) {
        this.script = script;
    }

    @Override
    protected void sendClientHello() throws IOException {
        transcript = Transcript.of(this);
        super.sendClientHello();
    }

    @Override
    protected void writeRecord(short type, byte[] bytes, int offset, int length)
            throws IOException {
        byte[] content = Arrays.copyOfRange(bytes, offset, offset + length);
        if (type == ContentType.handshake && Script.isWhole(content)) {
            byte[] message = script.message(content[0], content);
            transcript.replaceLast(content, message);
            content = message;
        }
        script.record(type, content, this::send);
    }

    /** Seals one record. */
    void send(int type, byte[] content) throws IOException {
        super.writeRecord((short) type, content, 0, content.length);
    }

    /** Begins a renegotiation. */
    void renegotiate() throws IOException {
        handleRenegotiation();
    }

    @Override
    protected int getRenegotiationPolicy() {
        return RenegotiationPolicy.ACCEPT;
    }
}
