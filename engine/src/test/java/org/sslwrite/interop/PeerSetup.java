package org.sslwrite.interop;

import org.jspecify.annotations.Nullable;
import org.sslwrite.ClientAuth;
import org.sslwrite.NamedGroup;

import java.nio.file.Path;
import java.util.List;

/**
 * What a peer is told to offer, accept and show. What is not said here is left to the tool, except
 * that it names no server, asks for no certificate, and checks none.
 */
final class PeerSetup {
    @Nullable PeerVersion version;
    @Nullable PeerSuite suite;
    List<NamedGroup> groups = List.of();
    boolean encryptThenMac = true;
    @Nullable Credentials credentials;
    @Nullable Credentials credentialsForServerName;
    @Nullable Path trust;
    @Nullable String expectedHost;
    @Nullable String serverName;
    ClientAuth clientAuth = ClientAuth.NONE;
    List<String> alpn = List.of();
    int maxFragment;
    int maxSendFragment;
    int recordPadding;
    boolean talkative;
    boolean inlineCommands;
    boolean closesAtEndOfInput;
    boolean web;

    PeerSetup version(PeerVersion only) {
        version = only;
        return this;
    }

    /** The only suite, which implies the version. */
    PeerSetup suite(PeerSuite only) {
        suite = only;
        return version(PeerVersion.of(only.version()));
    }

    PeerSetup groups(List<NamedGroup> only) {
        groups = only;
        return this;
    }

    PeerSetup encryptThenMac(boolean allowed) {
        encryptThenMac = allowed;
        return this;
    }

    PeerSetup credentials(@Nullable Credentials own) {
        credentials = own;
        return this;
    }

    /** A server's second certificate, for clients that ask for this name. */
    PeerSetup credentialsFor(String name, Credentials own) {
        serverName = name;
        credentialsForServerName = own;
        return this;
    }

    /** Checks our certificate, and ends the connection if this authority has not signed it. */
    PeerSetup trust(Credentials authority) {
        trust = authority.certificate();
        return this;
    }

    /** Checks the name in our certificate too. */
    PeerSetup expectedHost(String name) {
        expectedHost = name;
        return this;
    }

    /** A client's word for what it asks for, or the name that a server knows itself by. */
    PeerSetup serverName(String name) {
        serverName = name;
        return this;
    }

    PeerSetup clientAuth(ClientAuth wanted) {
        clientAuth = wanted;
        return this;
    }

    PeerSetup alpn(List<String> protocols) {
        alpn = protocols;
        return this;
    }

    /** Asks us for records with at most so much content. */
    PeerSetup maxFragment(int bytes) {
        maxFragment = bytes;
        return this;
    }

    /** One of the openssl tools sends records with at most so much content. */
    PeerSetup maxSendFragment(int bytes) {
        maxSendFragment = bytes;
        return this;
    }

    /** One of the openssl tools pads the content of its records to a multiple of this. */
    PeerSetup recordPadding(int bytes) {
        recordPadding = bytes;
        return this;
    }

    /**
     * The openssl tools tell on standard output what was agreed on, among the data, and take
     * letters at the start of what they are given as commands.
     */
    PeerSetup talkative() {
        talkative = true;
        return this;
    }

    /** {@code gnutls-cli} takes words between carets for commands. */
    PeerSetup inlineCommands() {
        inlineCommands = true;
        return this;
    }

    /** A client closes the connection when its standard input ends. */
    PeerSetup closesAtEndOfInput() {
        closesAtEndOfInput = true;
        return this;
    }

    /** A server answers one HTTP request, and closes the connection. */
    PeerSetup web() {
        web = true;
        return this;
    }
}
