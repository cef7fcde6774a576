package org.sslwrite.differential;

import org.sslwrite.SslMode;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the subject of a case is, and what it stands on.
 *
 * @param suite the one suite, and with it the version, of subject and peer
 * @param role the subject's
 * @param modes that are on beside the default
 * @param transport under the subject
 * @param face how data is handed over
 * @param fragment the subject's maximum for the content of a record
 * @param renegotiation whether the subject allows it; the peer always does
 * @param peerSuite the suite of the peer, if another: the handshake is then to fail
 * @param peerMaxFragment the code of max_fragment_length that the peer, a client, asks for; 0 for
 *     none
 */
record Setup(
        Suite suite,
        Role role,
        Set<SslMode> modes,
        Transport transport,
        Face face,
        int fragment,
        boolean renegotiation,
        Suite peerSuite,
        int peerMaxFragment) {
    /** Which end of the connection the subject is. */
    enum Role {
        CLIENT,
        SERVER;

        Role other() {
            return this == CLIENT ? SERVER : CLIENT;
        }

        @Override
        public String toString() {
            return this == CLIENT ? "client" : "server";
        }
    }

    /** How our subject gets its data; OpenSSL has one way, or two with {@code SSL_write_ex}. */
    enum Face {
        HEAP,
        DIRECT,
        ARRAY,
        GATHERED,
        EX
    }

    /**
     * What is under the subject.
     *
     * @param kind whose the transport is and whether it blocks
     * @param capacity bytes that it holds in each direction
     */
    record Transport(Kind kind, int capacity) {
        enum Kind {
            /** Non-blocking, with a script. */
            SCRIPTED,
            /** As scripted, but where it could move nothing the peer is run until it can. */
            BLOCKING,
            /** The implementation's own pair. */
            PAIR,
            /** The implementation's own growing buffer. */
            MEMORY,
            /** As scripted, for ours behind a channel. */
            CHANNEL,
            /** A non-blocking socket of the kernel's. */
            SOCKET
        }

        static final Transport SCRIPTED = new Transport(Kind.SCRIPTED, Integer.MAX_VALUE);
        static final Transport BLOCKING = new Transport(Kind.BLOCKING, Integer.MAX_VALUE);
        static final Transport MEMORY = new Transport(Kind.MEMORY, Integer.MAX_VALUE);

        static final Transport CHANNEL = new Transport(Kind.CHANNEL, Integer.MAX_VALUE);
        static final Transport SOCKET = new Transport(Kind.SOCKET, Integer.MAX_VALUE);

        static Transport pair(int capacity) {
            return new Transport(Kind.PAIR, capacity);
        }

        static Transport blocking(int capacity) {
            return new Transport(Kind.BLOCKING, capacity);
        }

        RecordTransport forOurs() {
            return switch (kind) {
                case SCRIPTED, BLOCKING -> scripted(false);
                case CHANNEL -> scripted(true);
                case PAIR -> PlainWires.ourPair(capacity);
                case MEMORY -> PlainWires.ourMemory();
                case SOCKET -> SocketWires.ours();
            };
        }

        RecordTransport forTheirs() {
            return switch (kind) {
                case SCRIPTED, BLOCKING, CHANNEL -> scripted(false);
                case PAIR -> PlainWires.theirPair(capacity);
                case MEMORY -> PlainWires.theirMemory();
                case SOCKET -> SocketWires.theirs();
            };
        }

        private RecordTransport scripted(boolean behindChannel) {
            ScriptedWire wire = new ScriptedWire(behindChannel);
            wire.out().capacity(capacity);
            return wire;
        }

        @Override
        public String toString() {
            return kind.name().toLowerCase(java.util.Locale.ROOT)
                    + (capacity == Integer.MAX_VALUE ? "" : " " + capacity);
        }
    }

    static Setup of(Suite suite, Role role) {
        return new Setup(
                suite,
                role,
                EnumSet.noneOf(SslMode.class),
                Transport.SCRIPTED,
                Face.HEAP,
                16384,
                false,
                suite,
                0);
    }

    Setup modes(Set<SslMode> on) {
        return new Setup(
                suite,
                role,
                on,
                transport,
                face,
                fragment,
                renegotiation,
                peerSuite,
                peerMaxFragment);
    }

    Setup transport(Transport under) {
        return new Setup(
                suite,
                role,
                modes,
                under,
                face,
                fragment,
                renegotiation,
                peerSuite,
                peerMaxFragment);
    }

    Setup face(Face with) {
        return new Setup(
                suite,
                role,
                modes,
                transport,
                with,
                fragment,
                renegotiation,
                peerSuite,
                peerMaxFragment);
    }

    Setup fragment(int bytes) {
        return new Setup(
                suite,
                role,
                modes,
                transport,
                face,
                bytes,
                renegotiation,
                peerSuite,
                peerMaxFragment);
    }

    Setup allowRenegotiation() {
        return new Setup(
                suite, role, modes, transport, face, fragment, true, peerSuite, peerMaxFragment);
    }

    /** The peer speaks another suite only: the handshake is to fail. */
    Setup peerSuite(Suite other) {
        return new Setup(
                suite,
                role,
                modes,
                transport,
                face,
                fragment,
                renegotiation,
                other,
                peerMaxFragment);
    }

    /** The peer, a client, asks for max_fragment_length: 1 for 512 bytes to 4 for 4096. */
    Setup peerMaxFragment(int code) {
        return new Setup(
                suite, role, modes, transport, face, fragment, renegotiation, peerSuite, code);
    }
}
