package org.sslwrite.kit;

import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.TlsServerProtocol;

import java.io.IOException;
import java.util.Arrays;

/** A server whose handshake messages and records follow a script. */
final class ScriptedServerProtocol extends TlsServerProtocol {
    private final Script script;
    private Transcript transcript;
    private boolean complete;
    private boolean renegotiationBegun;

    /** A server that does as the script says. */
    ScriptedServerProtocol(Script script) {
        this.script = script;
    }

    @Override
    protected void beginHandshake(boolean renegotiation) throws IOException {
        super.beginHandshake(renegotiation);
        transcript = Transcript.of(this);
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

    /** Asks for a renegotiation. */
    void renegotiate() throws IOException {
        sendHelloRequestMessage();
    }

    @Override
    protected int getRenegotiationPolicy() {
        return RenegotiationPolicy.ACCEPT;
    }

    @Override
    protected void completeHandshake() throws IOException {
        super.completeHandshake();
        complete = true;
    }

    /** As it is, Bouncy Castle goes on with the parameters of the first handshake. */
    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message)
            throws IOException {
        if (type == HandshakeType.client_hello && complete) {
            renegotiationBegun = handleRenegotiation();
        }
        super.handleHandshakeMessage(type, message);
    }

    @Override
    protected boolean handleRenegotiation() throws IOException {
        if (renegotiationBegun) {
            renegotiationBegun = false;
            return true;
        }
        return super.handleRenegotiation();
    }
}
