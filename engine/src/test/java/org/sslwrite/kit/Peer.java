package org.sslwrite.kit;

import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.TlsVersion;

/** The other end of a connection under test. Takes its turn when it is told to; never blocks. */
public interface Peer {
    /** Takes what the transport has, and answers. Returns whether anything moved. */
    boolean turn();

    /** Whether its handshake is complete. */
    boolean isReady();

    /** All application data that has come so far. */
    byte[] received();

    /** Sends application data, with the next turns. */
    void send(byte[] data);

    /** Sends close_notify, and goes on reading. */
    void closeOutput();

    /** Whether close_notify has come. */
    boolean closeNotifyReceived();

    /** What ended the connection for it: a fatal alert received or sent. Null while all is well. */
    Exception failure();

    /** The version that was agreed on. */
    TlsVersion version();

    /** The suite that was agreed on. */
    CipherSuite suite();
}
