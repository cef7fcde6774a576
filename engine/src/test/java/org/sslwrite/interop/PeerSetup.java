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
public final class PeerSetup {
    @Nullable PeerVersion version;
    @Nullable PeerSuite suite;
    List<NamedGroup> groups = List.of();
    @Nullable PeerSignature signature;
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
    boolean renegotiation;
    boolean secureRenegotiation = true;
    int maxEarlyData;
    @Nullable Path session;
    @Nullable Path earlyData;

    public PeerSetup version(PeerVersion only) {
        version = only;
        return this;
    }

    /** The only suite, which implies the version. */
    public PeerSetup suite(PeerSuite only) {
        suite = only;
        return version(PeerVersion.of(only.version()));
    }

    public PeerSetup groups(List<NamedGroup> only) {
        groups = only;
        return this;
    }

    /** The only signature that it makes, and accepts of us; for one that knows only one suite. */
    public PeerSetup signature(PeerSignature only) {
        signature = only;
        return this;
    }

    public PeerSetup encryptThenMac(boolean allowed) {
        encryptThenMac = allowed;
        return this;
    }

    public PeerSetup credentials(@Nullable Credentials own) {
        credentials = own;
        return this;
    }

    /** A server's second certificate, for clients that ask for this name. */
    public PeerSetup credentialsFor(String name, Credentials own) {
        serverName = name;
        credentialsForServerName = own;
        return this;
    }

    /** Checks our certificate, and ends the connection if this authority has not signed it. */
    public PeerSetup trust(Credentials authority) {
        trust = authority.certificate();
        return this;
    }

    /** Checks the name in our certificate too. */
    public PeerSetup expectedHost(String name) {
        expectedHost = name;
        return this;
    }

    /** A client's word for what it asks for, or the name that a server knows itself by. */
    public PeerSetup serverName(String name) {
        serverName = name;
        return this;
    }

    public PeerSetup clientAuth(ClientAuth wanted) {
        clientAuth = wanted;
        return this;
    }

    public PeerSetup alpn(List<String> protocols) {
        alpn = protocols;
        return this;
    }

    /** Asks us for records with at most so much content. */
    public PeerSetup maxFragment(int bytes) {
        maxFragment = bytes;
        return this;
    }

    /** One of the openssl tools sends records with at most so much content. */
    public PeerSetup maxSendFragment(int bytes) {
        maxSendFragment = bytes;
        return this;
    }

    /** One of the openssl tools pads the content of its records to a multiple of this. */
    public PeerSetup recordPadding(int bytes) {
        recordPadding = bytes;
        return this;
    }

    /**
     * The openssl tools tell on standard output what was agreed on, among the data, and take
     * letters at the start of what they are given as commands.
     */
    public PeerSetup talkative() {
        talkative = true;
        return this;
    }

    /** {@code gnutls-cli} takes words between carets for commands. */
    public PeerSetup inlineCommands() {
        inlineCommands = true;
        return this;
    }

    /** A client closes the connection when its standard input ends. */
    public PeerSetup closesAtEndOfInput() {
        closesAtEndOfInput = true;
        return this;
    }

    /** {@code openssl s_server} lets its client renegotiate; the others do so anyway. */
    public PeerSetup renegotiation() {
        renegotiation = true;
        return this;
    }

    /** One of the GnuTLS tools does not know RFC 5746. */
    public PeerSetup withoutSecureRenegotiation() {
        secureRenegotiation = false;
        return this;
    }

    /** {@code openssl s_server} lets sessions that are resumed begin with so much data. */
    public PeerSetup maxEarlyData(int bytes) {
        maxEarlyData = bytes;
        return this;
    }

    /** {@code openssl s_client} resumes this session and sends this file as early data. */
    public PeerSetup earlyData(Path resumed, Path data) {
        session = resumed;
        earlyData = data;
        return this;
    }

    /** A server answers one HTTP request, and closes the connection. */
    public PeerSetup web() {
        web = true;
        return this;
    }
}
