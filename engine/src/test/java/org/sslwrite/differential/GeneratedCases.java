package org.sslwrite.differential;

import static org.sslwrite.SslMode.ACCEPT_MOVING_WRITE_BUFFER;
import static org.sslwrite.SslMode.ENABLE_PARTIAL_WRITE;
import static org.sslwrite.SslMode.RELEASE_BUFFERS;

import org.sslwrite.SslMode;
import org.sslwrite.differential.Setup.Face;
import org.sslwrite.differential.Setup.Role;
import org.sslwrite.differential.Setup.Transport;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Cases by multiplication: sizes around the limits of records and batches, modes, transports.
 * Suite, role, fragment, the way in which data is handed over and the calls around the write are
 * drawn for each, with a seed that never changes.
 */
final class GeneratedCases {
    private static final int[] SIZES = {
        1, 511, 512, 513, 16_383, 16_384, 16_385, 32_768, 40_000, 65_535, 65_536, 65_537, 131_073
    };

    private static final List<Set<SslMode>> MODES =
            List.of(
                    EnumSet.noneOf(SslMode.class),
                    EnumSet.of(ENABLE_PARTIAL_WRITE),
                    EnumSet.of(ACCEPT_MOVING_WRITE_BUFFER),
                    EnumSet.of(ENABLE_PARTIAL_WRITE, ACCEPT_MOVING_WRITE_BUFFER, RELEASE_BUFFERS));

    private static final int[] FRAGMENTS = {16_384, 16_384, 512, 16_383, 4096};

    /** How bytes get through. */
    private record Way(String name, Transport transport, Consumer<Script> script) {}

    private static final List<Way> WAYS =
            List.of(
                    new Way("open", Transport.SCRIPTED, script -> {}),
                    new Way(
                            "999 bytes a call, every second retries",
                            Transport.SCRIPTED,
                            script -> script.perCall(999).everySecondRetries()),
                    new Way("blocking 4096", Transport.blocking(4096), script -> {}),
                    new Way("pair 17 kB", Transport.pair(17 * 1024), script -> {}),
                    new Way("pair 700", Transport.pair(700), script -> {}),
                    new Way("memory", Transport.MEMORY, script -> {}),
                    new Way(
                            "channel, 20001 bytes a call",
                            Transport.CHANNEL,
                            script -> script.perCall(20_001).everySecondRetries()));

    /** What is called around the write. */
    private record Around(String name, Calls calls) {}

    private interface Calls {
        void add(Script script, int size, boolean moving);
    }

    private static final List<Around> AROUND =
            List.of(
                    new Around(
                            "alone",
                            (script, size, moving) -> script.connect().writeAll(size, moving)),
                    new Around(
                            "handshake inside",
                            (script, size, moving) -> script.writeAll(size, moving).writeAll(10)),
                    new Around(
                            "the peer talks too",
                            (script, size, moving) ->
                                    script.connect()
                                            .peerWrites(20_000)
                                            .writeAll(size, moving)
                                            .readAll()
                                            .peerReads()
                                            .readAll()
                                            .writeAll(size, moving)),
                    new Around(
                            "after the peer's close_notify",
                            (script, size, moving) ->
                                    script.connect()
                                            .peerShutdown()
                                            .readAll()
                                            .writeAll(size, moving)
                                            .shutdown()
                                            .peerReads()),
                    new Around(
                            "KeyUpdates",
                            (script, size, moving) ->
                                    script.connect()
                                            .keyUpdate(true)
                                            .writeAll(size, moving)
                                            .readAll()
                                            .peerKeyUpdate(true)
                                            .readAll()
                                            .writeAll(size, moving)
                                            .peerReads()
                                            .peerWrites(100)
                                            .readAll()));

    private GeneratedCases() {}

    static List<Script> all() {
        List<Script> all = new ArrayList<>();
        Random random = new Random(20);
        for (int size : SIZES) {
            for (Way way : WAYS) {
                for (Set<SslMode> modes : MODES) {
                    all.add(one(random, size, way, modes));
                }
            }
        }
        for (Suite suite : Suite.values()) {
            for (Role role : Role.values()) {
                all.add(aroundOneRecord(suite, role));
            }
        }
        for (Role role : Role.values()) {
            for (Suite suite : List.of(Suite.TLS13_AES_128_GCM, Suite.TLS12_CBC_SHA)) {
                all.addAll(blocked(suite, role));
            }
        }
        return all;
    }

    private static Script one(Random random, int size, Way way, Set<SslMode> modes) {
        Suite suite = drawn(random, Suite.values());
        Role role = drawn(random, Role.values());
        Face face = drawn(random, Face.values());
        int fragment = FRAGMENTS[random.nextInt(FRAGMENTS.length)];
        Around around = AROUND.get(random.nextInt(AROUND.size()));
        boolean moving = modes.contains(ACCEPT_MOVING_WRITE_BUFFER);
        String title =
                "W12 "
                        + String.join(
                                ", ",
                                String.valueOf(size),
                                way.name,
                                modes.toString(),
                                "fragment " + fragment,
                                around.name,
                                face.name(),
                                suite.name());
        Script script =
                new Script(
                        title,
                        Setup.of(suite, role)
                                .modes(modes)
                                .transport(way.transport)
                                .face(face)
                                .fragment(fragment));
        way.script.accept(script);
        around.calls.add(script, size, moving);
        return script;
    }

    private static <T> T drawn(Random random, T[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static Script aroundOneRecord(Suite suite, Role role) {
        Script script =
                new Script("F4 around one record, " + suite, Setup.of(suite, role)).connect();
        for (int size : new int[] {1, 15, 16, 17, 16_383, 16_384, 16_385}) {
            script.write(size).sent();
        }
        return script.peerReads();
    }

    /** A write stopped after every interesting number of bytes, and what is called then. */
    private static List<Script> blocked(Suite suite, Role role) {
        List<Script> scripts = new ArrayList<>();
        for (int room : new int[] {0, 1, 4, 5, 6, 30, 5000, 16_384, 16_420, 20_000, 33_000}) {
            for (Set<SslMode> modes : MODES) {
                Script script =
                        new Script(
                                "W5 stopped after " + room + ", " + modes + ", " + suite,
                                Setup.of(suite, role).modes(modes));
                script.connect()
                        .peerWrites(1000)
                        .room(room)
                        .write(16_384)
                        .read(100)
                        .peerReads()
                        .room(room)
                        .again()
                        .read(100)
                        .open()
                        .again()
                        .readAll()
                        .write(16_384)
                        .peerReads()
                        .shutdown()
                        .peerReads()
                        .write(1);
                scripts.add(script);
            }
        }
        return scripts;
    }
}
