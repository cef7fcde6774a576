package org.sslwrite.differential;

import org.sslwrite.differential.Pipe.Obstacle;
import org.sslwrite.differential.Setup.Transport;
import org.sslwrite.differential.Step.Write;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/** Plays a script on one subject and notes what can be observed. */
final class Player implements AutoCloseable {
    /** Turns in a row in which nothing moves, after which a call is not repeated any more. */
    private static final int IDLE_TURNS = 4;

    private static final int FRESH = 10;

    private final Script script;
    private final Trace trace = new Trace();
    private final Subject subject;
    private final Peer peer;
    private final List<RecordTransport> wires = new ArrayList<>();
    private RecordTransport readWire;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private int peerWrote;
    private long handedOver;
    private long sentBefore;
    private Write unfinished;
    private int idleTurns;
    private long passedBefore;

    private Player(Script script, boolean ours) {
        Setup setup = script.setup();
        RecordTransport wire = ours ? setup.transport().forOurs() : setup.transport().forTheirs();
        this.script = script;
        this.wires.add(wire);
        this.readWire = wire;
        this.peer = new Peer(setup);
        this.subject = ours ? new OurSubject(setup, wire) : new OpenSslSubject(setup, wire);
        if (setup.transport().kind() == Transport.Kind.BLOCKING) {
            wire.script().blockOn(this::turn);
        }
        if (script.begins()) {
            subject.begin();
        }
    }

    static Trace ours(Script script) {
        return play(script, true);
    }

    static Trace theirs(Script script) {
        return play(script, false);
    }

    private static Trace play(Script script, boolean ours) {
        try (Player player = new Player(script, ours)) {
            player.play();
            return player.trace;
        }
    }

    private void play() {
        int number = 0;
        for (Step step : script.steps()) {
            trace.step(++number, step.label());
            play(step);
            rethrow();
        }
        finish();
        rethrow();
    }

    private void rethrow() {
        for (RecordTransport wire : wires) {
            if (wire instanceof ScriptedWire scripted) {
                scripted.rethrow();
            }
        }
    }

    private ScriptedWire wire() {
        return wires.getLast().script();
    }

    private void play(Step step) {
        switch (step) {
            case Step.Attach() -> subject.attach();
            case Step.Begin() -> subject.begin();
            case Step.Connect() -> {
                connect();
                sentBefore = bytesSent();
            }
            case Step.Handshake() -> note(subject.handshake());
            case Write write -> noteWrite(write);
            case Step.WriteAll(int offset, int length, boolean moving) ->
                    writeAll(offset, length, moving);
            case Step.Finish(Write write) -> note(untilDone(write));
            case Step.Read(int length) -> read(length);
            case Step.ReadAll() -> readAll();
            case Step.Shutdown() -> {
                note(subject.shutdown());
                trace.note("closed", subject.shutdownState());
            }
            case Step.KeyUpdate(boolean requestPeer) -> note(subject.keyUpdate(requestPeer));
            case Step.Renegotiate() -> note(subject.renegotiate());
            case Step.SetMode(var mode, boolean on) -> {
                if (on) {
                    subject.setMode(mode);
                } else {
                    subject.clearMode(mode);
                }
            }
            case Step.QuietShutdown(boolean on) -> subject.setQuietShutdown(on);
            case Step.BlockPadding(int block) -> subject.setBlockPadding(block);
            case Step.MaxSendFragment(int bytes) ->
                    trace.note("accepted", subject.acceptsMaxSendFragment(bytes));
            case Step.Ask() -> ask();
            case Step.Room(long bytes, Obstacle then) -> wire().out().room(bytes, then);
            case Step.InRoom(long bytes, Obstacle then) -> readWire.script().in().room(bytes, then);
            case Step.PerCall(int bytes) -> {
                wire().out().perCall(bytes);
                readWire.script().in().perCall(bytes);
            }
            case Step.EverySecondRetries(boolean on) -> {
                wire().out().everySecondCallRetries(on);
                readWire.script().in().everySecondCallRetries(on);
            }
            case Step.NewWriteTransport() -> {
                wires.add(new ScriptedWire());
                subject.setWriteWire(wires.getLast());
            }
            case Step.NewReadTransport() -> {
                readWire = new ScriptedWire();
                subject.setReadWire(readWire);
            }
            case Step.ReenterFromTransport() ->
                    wire().inTheMiddleOfAWrite(
                                    () -> trace.note("call from the transport", reentered()));
            case Step.PeerReads() -> {
                turn();
                notePeer();
            }
            case Step.PeerWrites(int offset, int length) -> {
                trace.note("peer", peer.write(offset, length));
                peerWrote += length;
                turn();
            }
            case Step.PeerShutdown() -> {
                trace.note("peer", peer.shutdown());
                turn();
            }
            case Step.PeerKeyUpdate(boolean requestSubject) -> {
                trace.note("peer", peer.keyUpdate(requestSubject));
                turn();
            }
            case Step.PeerRenegotiates() -> {
                trace.note("peer", peer.renegotiate());
                turn();
            }
            case Step.PeerHangsUp() -> readWire.end();
            case Step.Corrupt() -> readWire.script().in().corrupt(0);
            case Step.CorruptOutgoing() -> wire().out().corrupt(0);
            case Step.Sent() -> {
                trace.note("bytes", bytesSent() - sentBefore);
                sentBefore = bytesSent();
            }
            case Step.Garbage(String what, String hex) -> {
                byte[] bytes = HexFormat.of().parseHex(hex);
                readWire.give(bytes, 0, bytes.length);
            }
        }
    }

    private Object reentered() {
        return subject instanceof OpenSslSubject
                ? "not tried: undefined behaviour"
                : subject.write(0, 0, FRESH);
    }

    private long bytesCome() {
        return readWire instanceof ScriptedWire scripted ? scripted.in().passed() : 0;
    }

    private long bytesSent() {
        long sum = 0;
        for (RecordTransport wire : wires) {
            if (wire instanceof ScriptedWire scripted) {
                sum += scripted.out().passed();
            }
        }
        return sum;
    }

    /** Lets the peer take what was sent, over whatever transport, and answer. */
    private void turn() {
        boolean moved = peer.turn(wires, readWire);
        if (peer.receivedLength() > handedOver) {
            throw new AssertionError(
                    "the peer has "
                            + peer.receivedLength()
                            + " bytes, and only "
                            + handedOver
                            + " were handed over");
        }
        long passed = 0;
        for (RecordTransport wire : wires) {
            if (wire instanceof ScriptedWire scripted) {
                passed += scripted.in().passed() + scripted.out().passed();
            }
        }
        idleTurns = moved || passed != passedBefore ? 0 : idleTurns + 1;
        passedBefore = passed;
    }

    private void note(Result result) {
        trace.note("result", result);
    }

    private void noteWrite(Write write) {
        note(write(write));
        trace.note("moved", subject.moved());
    }

    private Result write(Write write) {
        handedOver = Math.max(handedOver, sent.size() + write.length());
        Result result = subject.write(write.buffer(), write.offset(), write.length());
        if (result.isWant()) {
            unfinished = write;
        } else if (result.succeeded() && write.length() > 0) {
            unfinished = null;
        }
        sent.write(Buffers.array(0), write.offset(), (int) subject.moved());
        return result;
    }

    private void notePeer() {
        trace.note("peer has", peer.receivedLength());
        trace.note("peer", peer.last());
    }

    private void connect() {
        Result result;
        idleTurns = 0;
        do {
            result = subject.handshake();
            turn();
        } while ((result.isWant() || !peer.isEstablished())
                && !result.isFailure()
                && !peer.last().isFailure()
                && idleTurns < IDLE_TURNS);
        // A peer that has failed leaves its alert for the subject.
        if (peer.last().isFailure() && result.isWant()) {
            result = subject.handshake();
            turn();
        }
        note(result);
        notePeer();
    }

    private void writeAll(int offset, int length, boolean moving) {
        int fragment = script.setup().fragment();
        int done = 0;
        int buffer = 0;
        boolean lawful = true;
        TreeSet<String> waits = new TreeSet<>();
        Result result = Result.DONE;
        idleTurns = 0;
        while (done < length && idleTurns < IDLE_TURNS) {
            result = write(new Write(buffer, offset + done, length - done));
            if (result.isWant()) {
                waits.add(result.error());
                buffer = moving ? 1 - buffer : buffer;
                turn();
            } else if (result.succeeded()) {
                long n = result.value();
                lawful &= n == subject.moved() && (n == length - done || n % fragment == 0);
                done += (int) n;
            } else {
                break;
            }
        }
        turn();
        trace.note("ended", result.succeeded() ? "NONE" : result);
        trace.note("written", done);
        trace.note("every result is whole records", lawful);
        trace.note("waited for", waits);
        notePeer();
    }

    private void read(int length) {
        Result result = subject.read(length);
        received.writeBytes(subject.lastRead());
        note(result);
    }

    /** Reads while there is anything to read; on a blocking transport, what the peer wrote. */
    private void readAll() {
        boolean blocking = script.setup().transport().kind() == Transport.Kind.BLOCKING;
        Result result = Result.DONE;
        int fruitless = 0;
        while (fruitless < 2 && !(blocking && received.size() >= peerWrote)) {
            long before = bytesCome();
            result = subject.read(1 << 15);
            received.writeBytes(subject.lastRead());
            if (!result.succeeded() && !result.isWant()) {
                break;
            }
            // A transport that retries every second call has more for the one that comes after.
            boolean moved = result.value() > 0 || bytesCome() > before;
            fruitless = moved ? 0 : fruitless + 1;
        }
        trace.note("result", blocking && result.succeeded() ? "NONE" : result);
        trace.note("read so far", received.size());
        trace.note(
                "as the peer wrote",
                Arrays.equals(
                        received.toByteArray(),
                        Arrays.copyOf(Buffers.array(0), Math.min(peerWrote, received.size()))));
    }

    private void ask() {
        trace.note("pending", subject.pending());
        trace.note("has pending", subject.hasPending());
        trace.note("closed", subject.shutdownState());
        trace.note("handshake done", subject.isInitFinished());
    }

    /** Finishes what is unfinished, then looks at what the peer got and at what still works. */
    private void finish() {
        trace.step(script.steps().size() + 1, "end");
        for (RecordTransport wire : wires) {
            if (wire instanceof ScriptedWire scripted) {
                scripted.out().open();
                scripted.in().open();
            }
        }
        turn();
        if (unfinished != null) {
            Write write = unfinished;
            trace.note("finished", untilDone(write));
        }
        turn();
        trace.note("peer has", peer.receivedLength() + " " + sha256(peer.received()));
        trace.note("peer has all that was written", peerHasAllThatWasWritten());
        trace.note("peer", peer.last());
        trace.note("closed", subject.shutdownState());
        if (script.setup().renegotiation()) {
            trace.note("renegotiations", peer.renegotiations());
        }
        int before = peer.receivedLength();
        untilDone(new Write(0, Buffers.SIZE - FRESH, FRESH));
        turn();
        boolean arrived =
                Arrays.equals(
                        Arrays.copyOfRange(peer.received(), before, peer.receivedLength()),
                        Arrays.copyOfRange(Buffers.array(0), Buffers.SIZE - FRESH, Buffers.SIZE));
        trace.note("a fresh write arrives", arrived);
    }

    private boolean peerHasAllThatWasWritten() {
        byte[] has = peer.received();
        byte[] written = sent.toByteArray();
        return has.length >= written.length
                && Arrays.equals(has, 0, written.length, written, 0, written.length);
    }

    private Result untilDone(Write write) {
        Result result;
        idleTurns = 0;
        do {
            result = write(write);
            turn();
        } while (result.isWant() && idleTurns < IDLE_TURNS);
        return result;
    }

    private static String sha256(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        subject.close();
        peer.close();
        wires.forEach(RecordTransport::close);
    }
}
