package org.sslwrite.differential;

import static org.sslwrite.SslMode.ACCEPT_MOVING_WRITE_BUFFER;
import static org.sslwrite.SslMode.ENABLE_PARTIAL_WRITE;
import static org.sslwrite.SslMode.RELEASE_BUFFERS;

import org.sslwrite.SslMode;
import org.sslwrite.differential.Pipe.Obstacle;
import org.sslwrite.differential.Setup.Face;
import org.sslwrite.differential.Setup.Role;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * A random walk over connections: the same random calls to our subject and to OpenSSL's, each with
 * a peer of OpenSSL's. Every result must be the same, and on both sides no byte may be lost,
 * doubled or moved.
 *
 * <p>It keeps clear of what {@link DeliberateDifferences} lists: a longer repeat, which meets other
 * records where more than one is sealed at once, comes with an open transport; in partial mode a
 * write is repeated with one record; no write is longer than a batch, or so long that OpenSSL seals
 * four records of MAC-then-encrypt at once; a KeyUpdate of ours finds room; and the wrong repeat,
 * which OpenSSL does not survive, is tried on ours alone.
 */
final class Walk {
    private static final int REMEMBERED = 50;
    private static final int STEPS_A_CONNECTION = 120;

    private final long seed;
    private final Random random;
    private final Deque<String> last = new ArrayDeque<>();
    private int steps;
    private int connections;

    Walk(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    int steps() {
        return steps;
    }

    int connections() {
        return connections;
    }

    /** Walks at least so many steps. */
    void run(int atLeast) {
        while (steps < atLeast) {
            connections++;
            try (Connection connection = new Connection()) {
                connection.walk();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "random walk, seed "
                                + seed
                                + ", connection "
                                + connections
                                + ", step "
                                + steps
                                + ": "
                                + e.getMessage()
                                + "\nlast steps:\n  "
                                + String.join("\n  ", last),
                        e);
            }
        }
    }

    private void remember(String step) {
        if (last.size() == REMEMBERED) {
            last.removeFirst();
        }
        last.addLast(connections + "." + steps + " " + step);
    }

    private int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T drawn(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** One subject, its peer, and what should have come through in both directions. */
    private static final class World implements AutoCloseable {
        final ScriptedWire wire;
        final Subject subject;
        final Peer peer;
        long marked;
        long handedOver;
        long written;
        long arrived;
        long peerWritten;
        long read;

        World(Setup setup, boolean ours) {
            wire = new ScriptedWire();
            subject = ours ? new OurSubject(setup, wire) : new OpenSslSubject(setup, wire);
            peer = new Peer(setup);
            subject.begin();
        }

        String name() {
            return subject instanceof OurSubject ? "ours" : "OpenSSL's";
        }

        boolean turn() {
            boolean moved = peer.turn(List.of(wire), wire);
            byte[] bytes = peer.takeReceived();
            checkStream(bytes, arrived, "the peer got");
            arrived += bytes.length;
            if (arrived > handedOver) {
                throw new AssertionError(
                        "the peer got " + arrived + " bytes of " + handedOver + ": " + name());
            }
            return moved;
        }

        Result read(int length) {
            Result result = subject.read(length);
            byte[] bytes = subject.lastRead();
            checkStream(bytes, read, "we got");
            read += bytes.length;
            return result;
        }

        private static void checkStream(byte[] bytes, long from, String who) {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] != Buffers.array(0)[(int) ((from + i) % Buffers.SIZE)]) {
                    throw new AssertionError(who + " another byte at " + (from + i));
                }
            }
        }

        /**
         * What was sent until now counts no more: handshakes differ in length, and writes that were
         * repeated longer in their records.
         */
        void mark() {
            marked = wire.out().passed();
        }

        long sent() {
            return wire.out().passed() - marked;
        }

        /** Runs both until neither has anything to do. */
        void settle() {
            int idle = 0;
            while (idle < 3) {
                Result result = read(1 << 15);
                boolean moved = turn();
                idle = moved || result.value() > 0 ? 0 : idle + 1;
            }
        }

        @Override
        public void close() {
            subject.close();
            peer.close();
        }
    }

    /** One connection in both worlds. */
    private final class Connection implements AutoCloseable {
        private final Setup setup;
        private final Set<SslMode> modes = EnumSet.noneOf(SslMode.class);
        private final World ours;
        private final World theirs;
        private final int longest;
        private int pending;
        private boolean open = true;
        private boolean keyUpdateOwed;
        private boolean peerClosed;

        Connection() {
            Suite suite = drawn(List.of(Suite.values()));
            Setup drawn =
                    Setup.of(suite, drawn(List.of(Role.values())))
                            .face(drawn(List.of(Face.HEAP, Face.DIRECT, Face.ARRAY, Face.GATHERED)))
                            .fragment(drawn(List.of(16_384, 16_384, 512, 5000)));
            setup = suite.isTls13() ? drawn : drawn.allowRenegotiation();
            int most = setup.fragment() == 16_384 ? 1 << 16 : 1 << 15;
            longest = suite.encryptThenMac() ? most : Math.min(most, 4 * setup.fragment() - 1);
            ours = new World(setup, true);
            theirs = new World(setup, false);
            remember(
                    String.join(
                            " ",
                            "connection",
                            suite.toString(),
                            setup.role().toString(),
                            setup.face().toString(),
                            "fragment " + setup.fragment()));
        }

        void walk() {
            handshake();
            for (int i = 0; i < STEPS_A_CONNECTION; i++) {
                step();
            }
            finish();
        }

        /** Does the same in both worlds, and compares what it came to. */
        private Result both(String step, Function<World, Result> call) {
            steps++;
            Result here = call.apply(ours);
            theirs.wire.rethrow();
            Result there = call.apply(theirs);
            theirs.wire.rethrow();
            boolean equal = here.equals(there);
            remember(step + ": " + here + (equal ? "" : " — OpenSSL: " + there));
            if (!equal) {
                throw new AssertionError(step + ": ours " + here + ", OpenSSL " + there);
            }
            check("sent", ours.sent(), theirs.sent());
            check("at the peer", ours.arrived, theirs.arrived);
            check("read", ours.read, theirs.read);
            return here;
        }

        private void check(String what, long here, long there) {
            if (here != there) {
                throw new AssertionError("bytes " + what + ": ours " + here + ", OpenSSL " + there);
            }
        }

        private void handshake() {
            both(
                    "handshake",
                    world -> {
                        Result result;
                        do {
                            result = world.subject.handshake();
                        } while (world.turn() | result.isWant());
                        world.mark();
                        return result;
                    });
        }

        private void step() {
            int dice = random.nextInt(100);
            if (dice < 35) {
                if (pending > 0) {
                    repeat();
                } else {
                    write();
                }
            } else if (dice < 47) {
                both("peer reads", this::turned);
            } else if (dice < 59) {
                room();
            } else if (dice < 69) {
                int length = between(1, 30_000);
                both("read " + length, world -> world.read(length));
            } else if (dice < 77) {
                peerWrites();
            } else if (dice < 81) {
                inRoom();
            } else if (dice < 85) {
                toggle();
            } else if (dice < 89) {
                newKeys();
            } else if (dice < 92) {
                peerNewKeys();
            } else if (dice < 95) {
                wrongRepeat();
            } else if (dice < 98) {
                empty();
            } else if (dice == 98 && !peerClosed) {
                peerClosed = true;
                both("peer closes", world -> closedByPeer(world));
            }
        }

        private Result turned(World world) {
            world.turn();
            return world.peer.last();
        }

        private static Result closedByPeer(World world) {
            Result result = world.peer.shutdown();
            world.turn();
            return result;
        }

        private int size() {
            int fragment = setup.fragment();
            int n =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> between(1, 100);
                        case 2 -> fragment * between(1, 3) + between(-2, 2);
                        case 3 -> between(1, 20_000);
                        default -> between(1, longest);
                    };
            return Math.min(n, longest);
        }

        private int toEndOfBuffer() {
            return Buffers.SIZE - (int) (ours.written % Buffers.SIZE);
        }

        private void write() {
            if (keyUpdateOwed) {
                openWide();
                keyUpdateOwed = false;
            }
            int length = Math.min(size(), toEndOfBuffer());
            written(length, write("write " + length, 0, length));
        }

        private Result write(String step, int buffer, int length) {
            return both(step, world -> write(world, buffer, length));
        }

        private static Result write(World world, int buffer, int length) {
            int offset = (int) (world.written % Buffers.SIZE);
            world.handedOver = Math.max(world.handedOver, world.written + length);
            Result result = world.subject.write(buffer, offset, length);
            if (world.subject.moved() != Math.max(0, result.value())) {
                throw new AssertionError("the source moved by " + world.subject.moved());
            }
            world.written += world.subject.moved();
            return result;
        }

        private void written(int length, Result result) {
            if (!result.isWant() && !result.succeeded()) {
                throw new AssertionError("a lawful write: " + result);
            }
            if (result.succeeded()
                    && result.value() != length
                    && !(modes.contains(ENABLE_PARTIAL_WRITE)
                            && result.value() == setup.fragment())) {
                throw new AssertionError("a part was written out of partial mode: " + result);
            }
            pending = result.isWant() ? length : 0;
        }

        private void repeat() {
            int buffer = modes.contains(ACCEPT_MOVING_WRITE_BUFFER) ? random.nextInt(2) : 0;
            String moved = buffer == 0 ? "" : ", moved";
            if (modes.contains(ENABLE_PARTIAL_WRITE)) {
                int length = Math.min(pending, setup.fragment());
                written(length, write("repeat " + length + moved, buffer, length));
            } else if (chance(10) && !keyUpdateOwed) {
                repeatLonger(buffer, moved);
            } else {
                written(pending, write("repeat " + pending + moved, buffer, pending));
            }
        }

        private void repeatLonger(int buffer, String moved) {
            openWide();
            int length = Math.min(between(pending, longest), toEndOfBuffer());
            Function<World, Result> write =
                    world -> {
                        Result result = write(world, buffer, length);
                        world.mark();
                        return result;
                    };
            written(length, both("repeat, longer " + length + moved, write));
        }

        /** Refused by both; lethal for OpenSSL, so tried on ours alone. */
        private void wrongRepeat() {
            if (pending == 0 || modes.contains(ACCEPT_MOVING_WRITE_BUFFER)) {
                return;
            }
            steps++;
            Result result = write(ours, 1, pending);
            remember("wrong repeat, ours alone: " + result);
            if (!result.equals(new Result(-1, "SSL", "BAD_WRITE_RETRY"))) {
                throw new AssertionError("a write repeated from other storage: " + result);
            }
        }

        private void empty() {
            if (pending > 0 || !open) {
                return;
            }
            keyUpdateOwed = false;
            both(
                    "write nothing",
                    world -> {
                        Result result = write(world, 0, 0);
                        boolean known =
                                world == theirs
                                        && (result.error().equals("SYSCALL")
                                                || result.error().equals("ZERO_RETURN"));
                        return known ? new Result(result.value(), "NONE", null) : result;
                    });
        }

        private void room() {
            if (chance(30)) {
                openWide();
                return;
            }
            open = false;
            int bytes = chance(30) ? between(0, 30) : between(0, 40_000);
            remember("room for " + bytes);
            int perCall = chance(30) ? between(1, 3000) : Integer.MAX_VALUE;
            for (World world : List.of(ours, theirs)) {
                world.wire.out().room(bytes, Obstacle.RETRY);
                world.wire.out().perCall(perCall);
            }
        }

        private void openWide() {
            open = true;
            remember("room for all");
            for (World world : List.of(ours, theirs)) {
                world.wire.out().open();
            }
        }

        private void inRoom() {
            long bytes = chance(50) ? Long.MAX_VALUE : between(0, 20_000);
            remember(bytes == Long.MAX_VALUE ? "all comes in" : bytes + " bytes come in");
            for (World world : List.of(ours, theirs)) {
                world.wire.takeFromPeer(bytes);
                world.turn();
            }
        }

        private void peerWrites() {
            if (peerClosed) {
                return;
            }
            int most = Buffers.SIZE - (int) (ours.peerWritten % Buffers.SIZE);
            int length = Math.min(between(1, 20_000), most);
            both("peer writes " + length, world -> peerWrites(world, length));
        }

        private Result peerWrites(World world, int length) {
            Result result = world.peer.write((int) (world.peerWritten % Buffers.SIZE), length);
            world.peerWritten += Math.max(0, result.value());
            world.turn();
            return result;
        }

        private void toggle() {
            if (pending > 0) {
                return;
            }
            SslMode mode =
                    drawn(
                            List.of(
                                    ENABLE_PARTIAL_WRITE,
                                    ACCEPT_MOVING_WRITE_BUFFER,
                                    RELEASE_BUFFERS));
            boolean on = !modes.contains(mode);
            remember(mode + (on ? " on" : " off"));
            for (World world : List.of(ours, theirs)) {
                if (on) {
                    world.subject.setMode(mode);
                } else {
                    world.subject.clearMode(mode);
                }
            }
            if (on) {
                modes.add(mode);
            } else {
                modes.remove(mode);
            }
        }

        private void newKeys() {
            if (pending > 0 || peerClosed) {
                return;
            }
            openWide();
            if (setup.suite().isTls13()) {
                keyUpdateOwed = false;
                boolean request = chance(50);
                both("KeyUpdate " + request, world -> world.subject.keyUpdate(request));
                both("handshake", world -> world.subject.handshake());
                both("peer reads", this::turned);
                if (request) {
                    peerWrites();
                }
            } else if (chance(30)) {
                both("renegotiate", world -> renegotiated(world, false));
            }
        }

        private void peerNewKeys() {
            if (peerClosed || keyUpdateOwed) {
                return;
            }
            for (World world : List.of(ours, theirs)) {
                world.wire.takeFromPeer(Long.MAX_VALUE);
            }
            if (setup.suite().isTls13()) {
                boolean request = chance(50);
                keyUpdateOwed = request;
                both(
                        "peer's KeyUpdate " + request,
                        world -> {
                            Result result = world.peer.keyUpdate(request);
                            peerWrites(world, 1);
                            world.settle();
                            return result;
                        });
            } else if (pending == 0 && chance(30)) {
                openWide();
                both("peer renegotiates", world -> renegotiated(world, true));
            }
        }

        /** From its beginning to its end, with data behind it. */
        private Result renegotiated(World world, boolean byPeer) {
            world.wire.takeFromPeer(Long.MAX_VALUE);
            world.settle();
            Result result = byPeer ? world.peer.renegotiate() : world.subject.renegotiate();
            if (!byPeer) {
                world.subject.handshake();
            }
            world.settle();
            peerWrites(world, 1);
            world.settle();
            if (!world.subject.isInitFinished()) {
                throw new AssertionError("the renegotiation does not end: " + world.name());
            }
            world.mark();
            return byPeer ? Result.DONE : result;
        }

        private void finish() {
            openWide();
            for (World world : List.of(ours, theirs)) {
                world.wire.takeFromPeer(Long.MAX_VALUE);
                world.wire.out().perCall(Integer.MAX_VALUE);
            }
            while (pending > 0) {
                repeat();
            }
            both(
                    "settle",
                    world -> {
                        world.settle();
                        return Result.DONE;
                    });
            boolean last = chance(50);
            if (last) {
                write();
                both("peer reads", this::turned);
                both("shutdown", world -> world.subject.shutdown());
                both("write after shutdown", world -> write(world, 0, 10));
                both("peer closes", Connection::closedByPeer);
                both("shutdown", world -> world.subject.shutdown());
            }
            for (World world : List.of(ours, theirs)) {
                if (world.written != world.arrived) {
                    throw new AssertionError(
                            world.written + " bytes written, " + world.arrived + " at the peer");
                }
                if (world.peerWritten != world.read) {
                    throw new AssertionError(
                            world.peerWritten + " bytes for us, " + world.read + " read");
                }
            }
        }

        @Override
        public void close() {
            ours.close();
            theirs.close();
        }
    }
}
