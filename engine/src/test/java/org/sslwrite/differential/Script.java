package org.sslwrite.differential;

import org.sslwrite.SslMode;
import org.sslwrite.differential.Pipe.Obstacle;
import org.sslwrite.differential.Step.Write;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A case: a name that begins with the row of the contract that it is about, a setup, and steps.
 *
 * <p>{@code connect()} comes first in most; {@code write(n)} writes the bytes that follow those of
 * the write before, {@code again()} repeats that write.
 */
final class Script {
    private final String title;
    private Setup setup;
    private boolean begins = true;
    private final List<Step> steps = new ArrayList<>();
    private int next;
    private int peerNext;
    private Write last = new Write(0, 0, 0);

    Script(String title, Setup setup) {
        this.title = title;
        this.setup = setup;
    }

    String name() {
        return title
                + " · "
                + (setup.suite().isTls13() ? "TLSv1.3" : "TLSv1.2")
                + " · "
                + setup.role();
    }

    Setup setup() {
        return setup;
    }

    List<Step> steps() {
        return steps;
    }

    /** Whether the subject has role and transport before the first step. */
    boolean begins() {
        return begins;
    }

    boolean isTls13() {
        return setup.suite().isTls13();
    }

    Script mode(SslMode... on) {
        Set<SslMode> modes = EnumSet.noneOf(SslMode.class);
        modes.addAll(List.of(on));
        setup = setup.modes(modes);
        return this;
    }

    Script over(Setup.Transport transport) {
        setup = setup.transport(transport);
        return this;
    }

    Script face(Setup.Face face) {
        setup = setup.face(face);
        return this;
    }

    Script fragment(int bytes) {
        setup = setup.fragment(bytes);
        return this;
    }

    Script renegotiationAllowed() {
        setup = setup.allowRenegotiation();
        return this;
    }

    Script peerSuite(Suite suite) {
        setup = setup.peerSuite(suite);
        return this;
    }

    Script peerMaxFragment(int code) {
        setup = setup.peerMaxFragment(code);
        return this;
    }

    private Script step(Step step) {
        steps.add(step);
        return this;
    }

    /** The subject has neither role nor transport before the step that gives it one. */
    Script unbegun() {
        begins = false;
        return this;
    }

    Script attach() {
        return step(new Step.Attach());
    }

    Script begin() {
        return step(new Step.Begin());
    }

    Script connect() {
        return step(new Step.Connect());
    }

    Script handshake() {
        return step(new Step.Handshake());
    }

    Script write(int length) {
        last = new Write(0, next, length);
        next += length;
        return step(last);
    }

    /** The write before, as it was. */
    Script again() {
        return step(last);
    }

    /** Repeats the write before, with the peer reading in between, until it says something else. */
    Script finishes() {
        return step(new Step.Finish(last));
    }

    /** The write before, from the other buffer. */
    Script againMoved() {
        return step(new Write(1, last.offset(), last.length()));
    }

    /** The write before, with another length; what is written next follows it. */
    Script againWithLength(int length) {
        last = new Write(0, last.offset(), length);
        next = last.offset() + length;
        return step(last);
    }

    /** The write before, with another length; what is repeated next is still the write before. */
    Script onceWithLength(int length) {
        return step(new Write(0, last.offset(), length));
    }

    /** The write before, from another place of the same buffer. */
    Script onceFrom(int further) {
        return step(new Write(0, last.offset() + further, last.length()));
    }

    /** What is left of the write before, of which so much is written. */
    Script rest(int written) {
        last = new Write(0, last.offset() + written, last.length() - written);
        return step(last);
    }

    Script writeAll(int length) {
        return writeAll(length, false);
    }

    Script writeAll(int length, boolean moving) {
        step(new Step.WriteAll(next, length, moving));
        next += length;
        return this;
    }

    Script writeNegative() {
        return step(new Write(0, next, -5));
    }

    Script read(int length) {
        return step(new Step.Read(length));
    }

    Script readAll() {
        return step(new Step.ReadAll());
    }

    Script shutdown() {
        return step(new Step.Shutdown());
    }

    Script keyUpdate(boolean requestPeer) {
        return step(new Step.KeyUpdate(requestPeer));
    }

    Script renegotiate() {
        return step(new Step.Renegotiate());
    }

    Script set(SslMode mode) {
        return step(new Step.SetMode(mode, true));
    }

    Script clear(SslMode mode) {
        return step(new Step.SetMode(mode, false));
    }

    Script quietShutdown() {
        return step(new Step.QuietShutdown(true));
    }

    Script blockPadding(int block) {
        return step(new Step.BlockPadding(block));
    }

    Script maxSendFragment(int bytes) {
        return step(new Step.MaxSendFragment(bytes));
    }

    Script ask() {
        return step(new Step.Ask());
    }

    Script room(long bytes) {
        return step(new Step.Room(bytes, Obstacle.RETRY));
    }

    Script room(long bytes, Obstacle then) {
        return step(new Step.Room(bytes, then));
    }

    Script open() {
        return step(new Step.Room(Long.MAX_VALUE, Obstacle.RETRY));
    }

    Script inRoom(long bytes) {
        return step(new Step.InRoom(bytes, Obstacle.RETRY));
    }

    Script inRoom(long bytes, Obstacle then) {
        return step(new Step.InRoom(bytes, then));
    }

    Script inOpen() {
        return step(new Step.InRoom(Long.MAX_VALUE, Obstacle.RETRY));
    }

    Script perCall(int bytes) {
        return step(new Step.PerCall(bytes));
    }

    Script everySecondRetries() {
        return step(new Step.EverySecondRetries(true));
    }

    Script newWriteTransport() {
        return step(new Step.NewWriteTransport());
    }

    Script newReadTransport() {
        return step(new Step.NewReadTransport());
    }

    Script reenterFromTransport() {
        return step(new Step.ReenterFromTransport());
    }

    Script peerReads() {
        return step(new Step.PeerReads());
    }

    Script peerWrites(int length) {
        step(new Step.PeerWrites(peerNext, length));
        peerNext += length;
        return this;
    }

    Script peerShutdown() {
        return step(new Step.PeerShutdown());
    }

    Script peerKeyUpdate(boolean requestSubject) {
        return step(new Step.PeerKeyUpdate(requestSubject));
    }

    Script peerRenegotiates() {
        return step(new Step.PeerRenegotiates());
    }

    Script peerHangsUp() {
        return step(new Step.PeerHangsUp());
    }

    Script corrupt() {
        return step(new Step.Corrupt());
    }

    Script corruptOutgoing() {
        return step(new Step.CorruptOutgoing());
    }

    Script sent() {
        return step(new Step.Sent());
    }

    Script garbage(String what, String hex) {
        return step(new Step.Garbage(what, hex));
    }

    Script text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return garbage("\"" + text.strip() + "\"", HexFormat.of().formatHex(bytes));
    }
}
