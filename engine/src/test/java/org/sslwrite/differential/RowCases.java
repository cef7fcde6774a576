package org.sslwrite.differential;

import static org.sslwrite.SslMode.ACCEPT_MOVING_WRITE_BUFFER;
import static org.sslwrite.SslMode.AUTO_RETRY;
import static org.sslwrite.SslMode.ENABLE_PARTIAL_WRITE;
import static org.sslwrite.SslMode.RELEASE_BUFFERS;

import org.sslwrite.differential.Pipe.Obstacle;
import org.sslwrite.differential.Setup.Face;
import org.sslwrite.differential.Setup.Role;
import org.sslwrite.differential.Setup.Transport;
import org.sslwrite.protocol.TlsVersion;

import java.util.ArrayList;
import java.util.List;

/** The contract's rows, each by hand, in both versions and both roles. */
final class RowCases {
    private final List<Script> scripts = new ArrayList<>();
    private final Suite suite;
    private final Role role;
    private final boolean tls13;

    private RowCases(Suite suite, Role role) {
        this.suite = suite;
        this.role = role;
        this.tls13 = suite.isTls13();
    }

    static List<Script> all() {
        List<Script> all = new ArrayList<>();
        for (TlsVersion version : List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2)) {
            for (Role role : Role.values()) {
                all.addAll(new RowCases(Suite.usual(version), role).scripts());
            }
        }
        return all;
    }

    private List<Script> scripts() {
        success();
        handshakeInside();
        backPressure();
        retries();
        partial();
        empty();
        ends();
        failures();
        modes();
        misuse();
        shutdown();
        keyUpdate();
        fragments();
        transports();
        renegotiation();
        return scripts;
    }

    private Script row(String title) {
        Script script = new Script(title, Setup.of(suite, role));
        scripts.add(script);
        return script;
    }

    private Script macFirst(String title) {
        Script script =
                new Script(title, Setup.of(Suite.TLS12_CBC_SHA_MAC_FIRST, role)).fragment(1024);
        scripts.add(script);
        return script;
    }

    /** Length of a record with so much content, header and all. */
    private int record(int content) {
        return content + (tls13 ? 22 : 29);
    }

    private void success() {
        row("W1 blocking").over(Transport.blocking(1000)).connect().write(100_000).peerReads();
        row("W1 blocking, a byte at a time")
                .over(Transport.BLOCKING)
                .perCall(1)
                .connect()
                .write(3000)
                .peerReads();
        row("W1 blocking, large").over(Transport.BLOCKING).connect().write(1_000_000).peerReads();
        for (int length : new int[] {1, 16383, 16384, 16385, 65536, 65537, 300_000}) {
            row("W12 complete, " + length).connect().write(length).sent().peerReads();
        }
    }

    private void handshakeInside() {
        row("W2 blocking, the handshake runs inside write")
                .over(Transport.BLOCKING)
                .write(5000)
                .peerReads();
        row("W2 non-blocking, the handshake runs inside write").writeAll(40_000);
        row("W2 the handshake runs inside write, a byte at a time")
                .perCall(1)
                .everySecondRetries()
                .writeAll(5000);
        row("W4 the handshake waits for the peer")
                .write(5000)
                .again()
                .peerReads()
                .again()
                .peerReads()
                .again()
                .peerReads();
        row("W4 the transport is full in the handshake")
                .room(0)
                .write(5000)
                .again()
                .open()
                .writeAll(5000);
        row("W3 no role").unbegun().attach().write(100).begin().connect().write(100).peerReads();
        row("W3 no role, handshake").unbegun().attach().handshake().begin().connect().write(100);
        row("W3 no role, read").unbegun().attach().read(100).begin().connect().write(100);
        row("W3 no role, shutdown").unbegun().attach().shutdown().begin().connect().write(100);
    }

    private void backPressure() {
        for (int room : new int[] {0, 1, 5, 100, record(16384) - 1, record(16384)}) {
            row("W5 transport full after " + (room >= 16384 ? room - record(0) : room))
                    .connect()
                    .room(room)
                    .write(40_000)
                    .peerReads()
                    .open()
                    .again()
                    .peerReads();
        }
        row("W5 transport full at the last byte")
                .connect()
                .room(record(1000) - 1)
                .write(1000)
                .peerReads()
                .open()
                .again()
                .peerReads();
        row("W5 transport takes the last byte")
                .connect()
                .room(record(1000))
                .write(1000)
                .peerReads()
                .write(10);
        row("W6 repeated until done")
                .connect()
                .room(5000)
                .write(40_000)
                .peerReads()
                .room(5000)
                .again()
                .peerReads()
                .room(10_000)
                .again()
                .peerReads()
                .room(10_000)
                .again()
                .peerReads()
                .room(50_000)
                .again()
                .peerReads()
                .write(2000);
        row("W6 repeated without room")
                .connect()
                .room(100)
                .write(1000)
                .again()
                .again()
                .sent()
                .open()
                .again()
                .sent();
        row("W6 reads between repeats")
                .connect()
                .peerWrites(3000)
                .room(100)
                .write(20_000)
                .read(1000)
                .again()
                .readAll()
                .open()
                .again()
                .peerReads();
    }

    private void retries() {
        row("W7 longer")
                .connect()
                .room(100)
                .write(10_000)
                .open()
                .againWithLength(20_000)
                .peerReads()
                .write(100);
        row("W7 longer, by a byte")
                .connect()
                .room(100)
                .write(16_384)
                .open()
                .againWithLength(16_385)
                .peerReads();
        row("W7 longer, twice")
                .connect()
                .room(100)
                .write(20_000)
                .room(100)
                .againWithLength(40_000)
                .open()
                .againWithLength(100_000)
                .peerReads();
        row("W8 other storage").connect().room(100).write(10_000).open().againMoved().again();
        row("W8 other storage, no room")
                .connect()
                .room(100)
                .write(10_000)
                .againMoved()
                .open()
                .again();
        row("W8 other start in the same storage")
                .connect()
                .room(100)
                .write(10_000)
                .open()
                .onceFrom(1)
                .again();
        row("W9 other storage, allowed")
                .mode(ACCEPT_MOVING_WRITE_BUFFER)
                .connect()
                .room(100)
                .write(40_000)
                .room(20_000)
                .againMoved()
                .open()
                .again()
                .peerReads();
        row("W9 other storage and longer, allowed")
                .mode(ACCEPT_MOVING_WRITE_BUFFER)
                .connect()
                .room(100)
                .write(10_000)
                .open()
                .againWithLength(30_000)
                .peerReads();
        row("W9 allowed in the middle of a write")
                .connect()
                .room(100)
                .write(10_000)
                .set(ACCEPT_MOVING_WRITE_BUFFER)
                .open()
                .againMoved()
                .peerReads();
        row("W10 shorter than the first record")
                .connect()
                .room(100)
                .write(10_000)
                .onceWithLength(9_999)
                .open()
                .again();
        row("W10 shorter than the first record, moving")
                .mode(ACCEPT_MOVING_WRITE_BUFFER)
                .connect()
                .room(100)
                .write(40_000)
                .onceWithLength(16_383)
                .open()
                .again();
        row("W10 shorter, no less than the first record")
                .connect()
                .room(100)
                .write(40_000)
                .open()
                .onceWithLength(20_000);
        row("W10 shorter, in the second record")
                .connect()
                .room(20_000)
                .write(40_000)
                .peerReads()
                .onceWithLength(20_000)
                .open()
                .again();
    }

    private void partial() {
        row("W11 partial, one record a write")
                .mode(ENABLE_PARTIAL_WRITE)
                .connect()
                .write(40_000)
                .rest(16_384)
                .rest(16_384)
                .peerReads();
        row("W11 partial, less than a record").mode(ENABLE_PARTIAL_WRITE).connect().write(16_384);
        row("W11 partial, fragment 512")
                .mode(ENABLE_PARTIAL_WRITE)
                .fragment(512)
                .connect()
                .write(1025)
                .rest(512)
                .rest(512)
                .peerReads();
        row("W11 partial, transport full in the first record")
                .mode(ENABLE_PARTIAL_WRITE)
                .connect()
                .room(100)
                .write(40_000)
                .open()
                .again()
                .peerReads();
        row("W11 partial, transport full in the second record")
                .mode(ENABLE_PARTIAL_WRITE)
                .connect()
                .room(20_000)
                .write(40_000)
                .rest(16_384)
                .peerReads();
        row("W11 partial, repeated with what is sealed")
                .mode(ENABLE_PARTIAL_WRITE)
                .connect()
                .room(100)
                .write(40_000)
                .open()
                .againWithLength(16_384)
                .write(100)
                .peerReads();
        row("W11 partial, blocking")
                .mode(ENABLE_PARTIAL_WRITE)
                .over(Transport.blocking(1000))
                .connect()
                .write(40_000)
                .peerReads();
    }

    private void empty() {
        row("W13 empty").connect().write(0).sent().write(10).peerReads();
        row("W13 empty through SSL_write_ex").face(Face.EX).connect().write(0).sent().write(10);
        row("W13 empty, after the peer's close_notify")
                .connect()
                .peerShutdown()
                .read(10)
                .write(0)
                .write(10)
                .peerReads();
        row("W13 empty, the handshake waits for the peer").write(0).peerReads().connect();
        row("W14 empty, a record waits for room")
                .connect()
                .room(100)
                .write(10_000)
                .onceWithLength(0)
                .open()
                .again();
        row("W14 empty, a record waits and there is room")
                .connect()
                .room(100)
                .write(10_000)
                .open()
                .onceWithLength(0)
                .again();
    }

    private void ends() {
        row("W15 after our close_notify")
                .connect()
                .write(100)
                .shutdown()
                .sent()
                .write(100)
                .sent()
                .peerReads();
        row("W15 after both close_notifies")
                .connect()
                .shutdown()
                .peerReads()
                .peerShutdown()
                .shutdown()
                .write(100)
                .ask();
        row("W16 after the peer's close_notify")
                .connect()
                .peerShutdown()
                .read(100)
                .write(40_000)
                .peerReads()
                .read(100)
                .ask();
        row("W16 after the peer's close_notify, not read yet")
                .connect()
                .peerShutdown()
                .write(5000)
                .peerReads()
                .read(100)
                .write(100);
        row("W16 in the middle of a write")
                .connect()
                .room(100)
                .write(20_000)
                .peerShutdown()
                .read(100)
                .open()
                .again()
                .peerReads()
                .shutdown();
        row("W17 the transport is closed")
                .connect()
                .room(0, Obstacle.CLOSED)
                .write(100)
                .again()
                .read(100);
        row("W17 the transport closes in the middle of a record")
                .connect()
                .room(100, Obstacle.CLOSED)
                .write(20_000)
                .peerReads()
                .again();
        row("W17 the transport is closed, close_notify was received")
                .connect()
                .peerShutdown()
                .read(100)
                .room(0, Obstacle.CLOSED)
                .write(100)
                .again();
        row("W17 the transport is closed in the handshake").room(0, Obstacle.CLOSED).write(100);
        row("W18 the transport breaks")
                .connect()
                .room(0, Obstacle.BROKEN)
                .write(100)
                .again()
                .read(100);
        row("W18 the transport breaks in the middle of a record")
                .connect()
                .room(100, Obstacle.BROKEN)
                .write(20_000)
                .peerReads()
                .again();
        row("W18 the transport breaks on reading")
                .connect()
                .inRoom(0, Obstacle.BROKEN)
                .read(100)
                .read(100);
        row("W18 the transport breaks in the handshake").room(0, Obstacle.BROKEN).write(100);
    }

    private void failures() {
        row("W19 a record is corrupt")
                .connect()
                .peerWrites(100)
                .corrupt()
                .read(100)
                .peerReads()
                .write(100)
                .read(100)
                .handshake()
                .shutdown()
                .sent();
        row("W19 what came before a corrupt record is read")
                .connect()
                .peerWrites(50)
                .peerWrites(100)
                .corrupt()
                .read(50)
                .read(100)
                .write(100);
        row("W19 the peer sends a fatal alert")
                .connect()
                .write(100)
                .corruptOutgoing()
                .peerReads()
                .read(100)
                .sent()
                .write(100)
                .sent()
                .read(100)
                .shutdown();
        row("W19 the peer sends a fatal alert in the middle of a write")
                .connect()
                .write(100)
                .corruptOutgoing()
                .room(100)
                .write(20_000)
                .peerReads()
                .read(100)
                .open()
                .again()
                .peerReads();
        row("W19 the handshake fails")
                .peerSuite(tls13 ? Suite.TLS13_CHACHA20 : Suite.TLS12_CHACHA20)
                .connect()
                .write(100)
                .read(100)
                .handshake()
                .sent();
        row("W19 the versions do not meet")
                .peerSuite(tls13 ? Suite.TLS12_AES_128_GCM : Suite.TLS13_AES_128_GCM)
                .connect()
                .write(100);
        row("W19 the handshake fails inside write")
                .peerSuite(tls13 ? Suite.TLS13_CHACHA20 : Suite.TLS12_CHACHA20)
                .write(100)
                .peerReads()
                .again()
                .peerReads()
                .again();
        row("W19 the peer hangs up").connect().peerHangsUp().read(100).write(100).read(100);
        row("W19 the peer hangs up, writing goes on").connect().peerHangsUp().write(100);
        row("W19 the peer hangs up in the handshake").peerHangsUp().write(100).write(100);
        row("W19 garbage after the handshake")
                .connect()
                .text("no record of TLS at all")
                .read(100)
                .write(100)
                .peerReads();
        row("W19 garbage in the handshake").text("no record of TLS at all").write(100);
        badRecord("W19 a record of an unknown type", "6303030028", 40);
        badRecord("W19 a record of another version", "1705050005", 5);
        badRecord("W19 a record that is too long", "170303ffff", 5);
        row("W19 HTTP in the handshake").text("GET / HTTP/1.0\r\n\r\n").write(100);
    }

    private void badRecord(String title, String header, int bytes) {
        row(title)
                .connect()
                .garbage("a record " + header, header + "00".repeat(bytes))
                .read(100)
                .write(100)
                .peerReads();
    }

    private void modes() {
        row("W21 read behind messages of the handshake, AUTO_RETRY on")
                .connect()
                .peerWrites(100)
                .read(100);
        row("W21 read behind messages of the handshake, AUTO_RETRY off")
                .clear(AUTO_RETRY)
                .connect()
                .peerWrites(100)
                .read(100)
                .read(100)
                .read(100)
                .write(100);
        row("W21 nothing to read, AUTO_RETRY off").clear(AUTO_RETRY).connect().read(100).read(100);
        row("W21 blocking write, AUTO_RETRY off")
                .over(Transport.BLOCKING)
                .clear(AUTO_RETRY)
                .write(40_000);
        row("W22 RELEASE_BUFFERS")
                .mode(RELEASE_BUFFERS)
                .connect()
                .write(40_000)
                .peerWrites(100)
                .read(50)
                .ask()
                .read(100)
                .ask()
                .room(100)
                .write(20_000)
                .ask()
                .open()
                .again()
                .peerReads();
        row("W22 RELEASE_BUFFERS, all modes")
                .mode(RELEASE_BUFFERS, ENABLE_PARTIAL_WRITE, ACCEPT_MOVING_WRITE_BUFFER)
                .connect()
                .perCall(1000)
                .everySecondRetries()
                .writeAll(100_000, true);
    }

    private void misuse() {
        row("W23 negative length").face(Face.ARRAY).connect().writeNegative().write(100);
        row("W24 a call from within the transport")
                .connect()
                .reenterFromTransport()
                .write(1000)
                .peerReads();
    }

    private void shutdown() {
        row("S1 shutdown with a write pending, room")
                .connect()
                .room(100)
                .write(10_000)
                .open()
                .shutdown()
                .peerReads();
        row("S1 shutdown with a write pending, no room")
                .connect()
                .room(100)
                .write(10_000)
                .shutdown()
                .open()
                .shutdown()
                .peerReads();
        row("S2 shutdown").connect().shutdown().peerReads().peerShutdown().shutdown().shutdown();
        row("S2 shutdown twice").connect().shutdown().shutdown().peerReads();
        row("S2 the peer is first").connect().peerShutdown().read(10).shutdown().shutdown();
        row("S2 the peer is first, not read").connect().peerShutdown().shutdown().shutdown();
        row("S2 no room for close_notify")
                .connect()
                .room(0)
                .shutdown()
                .shutdown()
                .open()
                .shutdown()
                .peerReads();
        row("S2 a part of close_notify")
                .connect()
                .room(3)
                .shutdown()
                .open()
                .shutdown()
                .peerReads()
                .peerShutdown()
                .shutdown();
        row("S2 the peer still sends")
                .connect()
                .peerWrites(100)
                .shutdown()
                .shutdown()
                .readAll()
                .peerShutdown()
                .shutdown();
        row("S2 in the handshake").handshake().shutdown().connect().shutdown();
        row("S2 before the handshake").shutdown().connect().write(10);
        row("S2 quiet").connect().quietShutdown().shutdown().sent().ask().write(10);
        row("S2 reads go on after our close_notify")
                .connect()
                .shutdown()
                .peerWrites(3000)
                .readAll()
                .peerShutdown()
                .readAll()
                .shutdown();
        row("S3 no room for a fatal alert")
                .connect()
                .peerWrites(100)
                .corrupt()
                .room(0)
                .read(100)
                .open()
                .read(100)
                .peerReads();
        row("S3 a fatal alert behind a pending write")
                .connect()
                .room(100)
                .write(10_000)
                .peerWrites(100)
                .corrupt()
                .read(100)
                .open()
                .again()
                .peerReads();
    }

    private void keyUpdate() {
        row("K1 the peer wants a KeyUpdate while a write is pending")
                .connect()
                .room(100)
                .write(40_000)
                .peerKeyUpdate(true)
                .read(100)
                .open()
                .again()
                .peerReads()
                .write(100)
                .peerReads()
                .peerWrites(100)
                .readAll();
        row("K1 the peer wants a KeyUpdate")
                .connect()
                .readAll()
                .peerKeyUpdate(true)
                .read(100)
                .sent()
                .write(1000)
                .sent()
                .write(1000)
                .sent()
                .peerReads();
        row("K1 the peer updates its keys")
                .connect()
                .peerKeyUpdate(false)
                .peerWrites(100)
                .readAll()
                .sent()
                .write(1000)
                .sent()
                .peerReads();
        row("K1 the peer wants a KeyUpdate twice")
                .connect()
                .peerKeyUpdate(true)
                .peerKeyUpdate(true)
                .readAll()
                .sent()
                .write(10)
                .sent()
                .peerReads();
        row("K1 the peer wants a KeyUpdate, no room")
                .connect()
                .peerKeyUpdate(true)
                .readAll()
                .room(10)
                .write(40_000)
                .room(100)
                .again()
                .open()
                .again()
                .sent()
                .peerReads();
        row("K1 the peer wants a KeyUpdate while a write longer than a batch is pending")
                .connect()
                .room(100)
                .write(200_000)
                .peerKeyUpdate(true)
                .readAll()
                .open()
                .again()
                .sent()
                .write(1000)
                .sent()
                .peerReads();
        row("K1 an empty write sends the KeyUpdate that is owed")
                .face(Face.EX)
                .connect()
                .peerKeyUpdate(true)
                .readAll()
                .sent()
                .write(0)
                .sent()
                .write(10)
                .sent()
                .peerReads();
        for (boolean request : new boolean[] {false, true}) {
            String what = request ? "our KeyUpdate that asks for the peer's" : "our KeyUpdate";
            row("K1 " + what)
                    .connect()
                    .keyUpdate(request)
                    .sent()
                    .write(1000)
                    .sent()
                    .peerReads()
                    .peerWrites(100)
                    .readAll()
                    .write(1000)
                    .sent()
                    .peerReads();
            row("K1 " + what + ", sent by the handshake's call")
                    .connect()
                    .keyUpdate(request)
                    .handshake()
                    .sent()
                    .write(1000)
                    .sent()
                    .peerReads();
            row("K1 " + what + ", no room")
                    .connect()
                    .keyUpdate(request)
                    .room(10)
                    .write(40_000)
                    .room(100)
                    .again()
                    .open()
                    .again()
                    .peerReads();
            row("K1 " + what + ", no room, and we read")
                    .connect()
                    .readAll()
                    .keyUpdate(request)
                    .room(0)
                    .peerWrites(100)
                    .read(100)
                    .open()
                    .read(100)
                    .write(100)
                    .sent()
                    .peerReads();
            row("K2 " + what + " with a write pending")
                    .connect()
                    .room(100)
                    .write(10_000)
                    .keyUpdate(request)
                    .open()
                    .again()
                    .write(100)
                    .peerReads();
        }
        row("K1 our KeyUpdate twice")
                .connect()
                .keyUpdate(false)
                .keyUpdate(true)
                .sent()
                .write(10)
                .sent()
                .peerReads();
        row("K1 our KeyUpdate before the handshake").keyUpdate(false).connect().write(10);
        row("K1 our KeyUpdate after our close_notify").connect().shutdown().keyUpdate(false);
        row("K1 our KeyUpdate before close_notify")
                .connect()
                .keyUpdate(false)
                .shutdown()
                .sent()
                .peerReads();
    }

    private void fragments() {
        for (int bytes : new int[] {0, 511, 512, 513, 16_383, 16_384, 16_385}) {
            row("F1 maximum " + bytes).maxSendFragment(bytes).connect();
        }
        for (int bytes : new int[] {512, 513, 4096, 16_383}) {
            row("F1 fragments of " + bytes)
                    .fragment(bytes)
                    .connect()
                    .write(bytes - 1)
                    .sent()
                    .write(bytes)
                    .sent()
                    .write(bytes + 1)
                    .sent()
                    .write(5 * bytes + 3)
                    .sent()
                    .peerReads();
        }
        row("F1 fragments of 512, transport full")
                .fragment(512)
                .connect()
                .room(700)
                .write(3000)
                .peerReads()
                .room(700)
                .again()
                .peerReads()
                .open()
                .again()
                .peerReads();
        if (role == Role.SERVER) {
            for (int code = 1; code <= 4; code++) {
                row("F2 the peer wants fragments of " + (256 << code))
                        .peerMaxFragment(code)
                        .mode(ENABLE_PARTIAL_WRITE)
                        .connect()
                        .write(10_000)
                        .rest(256 << code)
                        .peerReads();
            }
            row("F2 the peer wants fragments of 512, ours are smaller still")
                    .peerMaxFragment(2)
                    .fragment(600)
                    .mode(ENABLE_PARTIAL_WRITE)
                    .connect()
                    .write(10_000)
                    .peerReads();
        }
        for (int block : new int[] {0, 1, 64, 512, 4096, 16_384}) {
            row("F3 padding to " + block)
                    .blockPadding(block)
                    .connect()
                    .sent()
                    .write(1)
                    .sent()
                    .write(63)
                    .sent()
                    .write(64)
                    .sent()
                    .write(16_300)
                    .sent()
                    .write(16_384)
                    .sent()
                    .write(40_000)
                    .sent()
                    .peerReads();
        }
        row("F4 full records but the last").connect().write(40_000).sent().peerReads();
        if (!tls13) {
            macFirst("F4 many records, MAC then encrypt")
                    .connect()
                    .write(3 * 1024)
                    .sent()
                    .write(4 * 1024)
                    .sent()
                    .write(100_000)
                    .sent()
                    .peerReads();
            macFirst("W11 partial, many records, MAC then encrypt")
                    .mode(ENABLE_PARTIAL_WRITE)
                    .connect()
                    .write(10_000)
                    .peerReads();
        }
        row("F4 full records but the last, fragment 1000")
                .fragment(1000)
                .connect()
                .write(40_001)
                .sent()
                .peerReads();
    }

    private void transports() {
        for (int capacity : new int[] {1, 2, 100, 512, 17 * 1024, 1 << 16}) {
            row("B1 pair of " + capacity)
                    .over(Transport.pair(capacity))
                    .connect()
                    .writeAll(capacity < 100 ? 3000 : 100_000)
                    .peerWrites(1000)
                    .writeAll(1000);
        }
        row("B1 pair of 17 kB, full")
                .over(Transport.pair(17 * 1024))
                .connect()
                .write(40_000)
                .again()
                .peerReads()
                .again()
                .peerReads()
                .again()
                .peerReads();
        row("B2 memory").over(Transport.MEMORY).connect().write(300_000).peerReads().writeAll(10);
        row("B2 memory, partial")
                .over(Transport.MEMORY)
                .mode(ENABLE_PARTIAL_WRITE)
                .connect()
                .writeAll(100_000);
        row("B2 memory, the peer hangs up")
                .over(Transport.MEMORY)
                .connect()
                .peerWrites(100)
                .readAll();
        row("B4 a byte a call").perCall(1).connect().writeAll(20_000).peerWrites(500).readAll();
        row("B4 every second call retries")
                .everySecondRetries()
                .connect()
                .writeAll(100_000)
                .peerWrites(500)
                .readAll();
        row("B4 a byte a call, every second retries")
                .perCall(1)
                .everySecondRetries()
                .connect()
                .writeAll(20_000);
        row("B4 seven bytes a call, moving and partial")
                .mode(ACCEPT_MOVING_WRITE_BUFFER, ENABLE_PARTIAL_WRITE)
                .perCall(7)
                .everySecondRetries()
                .connect()
                .writeAll(50_000, true);
        row("B3 channel")
                .over(Transport.CHANNEL)
                .connect()
                .perCall(1000)
                .everySecondRetries()
                .writeAll(100_000)
                .peerWrites(1000)
                .readAll();
        row("B3 channel, full and then closed")
                .over(Transport.CHANNEL)
                .connect()
                .room(100)
                .write(20_000)
                .room(100, Obstacle.CLOSED)
                .again()
                .again();
        row("B3 channel, broken")
                .over(Transport.CHANNEL)
                .connect()
                .room(100, Obstacle.BROKEN)
                .write(20_000)
                .again();
        row("B3 channel, the peer hangs up")
                .over(Transport.CHANNEL)
                .connect()
                .peerWrites(100)
                .peerHangsUp()
                .read(100)
                .write(100);
        row("B3 socket")
                .over(Transport.SOCKET)
                .connect()
                .writeAll(1_000_000)
                .peerWrites(10_000)
                .readAll()
                .shutdown()
                .peerReads()
                .peerShutdown()
                .shutdown();
        row("B3 socket, moving and partial")
                .mode(ACCEPT_MOVING_WRITE_BUFFER, ENABLE_PARTIAL_WRITE)
                .over(Transport.SOCKET)
                .writeAll(500_000, true)
                .peerWrites(10_000)
                .readAll();
        row("B3 another transport to read from")
                .connect()
                .readAll()
                .newReadTransport()
                .peerWrites(100)
                .readAll()
                .write(100)
                .peerReads()
                .peerHangsUp()
                .ask();
        row("B3 another transport in the middle of a write")
                .connect()
                .room(100)
                .write(40_000)
                .newWriteTransport()
                .again()
                .peerReads()
                .write(100)
                .peerReads();
    }

    private void renegotiation() {
        row("R1 ours is refused").connect().renegotiate().write(100).peerReads();
        row("R1 ours, before the handshake").renegotiate().connect().write(100);
        row("R1 ours, allowed, before the handshake")
                .renegotiationAllowed()
                .renegotiate()
                .connect()
                .write(100);
        row("R1 the peer's is refused")
                .connect()
                .peerRenegotiates()
                .read(100)
                .write(100)
                .peerReads();
        if (!tls13) {
            allowedRenegotiation();
        }
    }

    private void allowedRenegotiation() {
        row("R1 ours is allowed")
                .renegotiationAllowed()
                .connect()
                .write(1000)
                .renegotiate()
                .connect()
                .write(40_000)
                .peerReads()
                .peerWrites(100)
                .readAll();
        row("W20 the peer renegotiates before a write")
                .renegotiationAllowed()
                .connect()
                .peerRenegotiates()
                .readAll()
                .peerReads()
                .readAll()
                .peerReads()
                .readAll()
                .writeAll(40_000)
                .peerWrites(100)
                .readAll();
        row("W20 write in the middle of the peer's renegotiation")
                .renegotiationAllowed()
                .connect()
                .peerRenegotiates()
                .read(100)
                .write(40_000)
                .finishes()
                .write(100)
                .peerReads();
        row("W20 the peer's renegotiation is read in the middle of a write")
                .renegotiationAllowed()
                .connect()
                .room(100)
                .write(40_000)
                .peerRenegotiates()
                .read(100)
                .open()
                .finishes()
                .readAll()
                .peerReads()
                .readAll()
                .peerReads()
                .readAll();
        row("W20 the peer renegotiates, no room, and we only read")
                .renegotiationAllowed()
                .connect()
                .room(10)
                .peerRenegotiates()
                .read(100)
                .read(100)
                .peerReads()
                .open()
                .readAll()
                .peerReads()
                .readAll()
                .peerReads()
                .readAll();
        row("W6 reading leaves a pending write alone")
                .connect()
                .peerWrites(100)
                .room(100)
                .write(10_000)
                .sent()
                .open()
                .read(100)
                .sent()
                .again()
                .sent()
                .peerReads();
        row("W20 our renegotiation with a write pending")
                .renegotiationAllowed()
                .connect()
                .room(100)
                .write(40_000)
                .renegotiate()
                .open()
                .finishes()
                .connect()
                .peerReads();
        row("W20 the peer renegotiates, and we only write")
                .renegotiationAllowed()
                .connect()
                .peerRenegotiates()
                .writeAll(40_000)
                .peerReads();
        row("W20 the peer renegotiates in the middle of a write")
                .renegotiationAllowed()
                .connect()
                .room(100)
                .write(40_000)
                .peerRenegotiates()
                .open()
                .again()
                .peerReads();
        row("W20 blocking, the peer renegotiates")
                .renegotiationAllowed()
                .over(Transport.BLOCKING)
                .connect()
                .peerRenegotiates()
                .write(40_000)
                .peerReads();
        row("W21 the peer renegotiates, blocking, AUTO_RETRY off")
                .renegotiationAllowed()
                .over(Transport.BLOCKING)
                .clear(AUTO_RETRY)
                .connect()
                .peerRenegotiates()
                .write(40_000)
                .peerReads();
    }
}
