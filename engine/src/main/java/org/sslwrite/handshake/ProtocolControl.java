package org.sslwrite.handshake;

import java.io.IOException;

/** What we ask of a protocol, in either role, beside what Bouncy Castle makes public. */
interface ProtocolControl {
    /** Begins the handshake; a client's first message is written at once. */
    void begin() throws IOException;

    /** Whether TLS 1.3 was agreed on; false before any version was. */
    boolean isTls13();

    /**
     * Refuses a handshake message that Bouncy Castle would take and may not.
     *
     * @param bytes the message, with its header
     */
    void check(int type, byte[] bytes, int offset, int length) throws IOException;

    /** Begins a renegotiation: a client writes its ClientHello, a server its HelloRequest. */
    void beginRenegotiation() throws IOException;

    /** Writes a KeyUpdate and changes the keys of our direction. */
    void sendKeyUpdate(boolean askPeer) throws IOException;

    /** Writes close_notify; the other direction stays open. */
    void sendCloseNotify() throws IOException;

    /** Writes the refusal's fatal alert, ends the protocol, and throws it. */
    void refuse(Refusal refusal) throws IOException;

    /** Ends the protocol without a word and lets go of its secrets. */
    void abandon() throws IOException;
}
