package org.sslwrite.differential;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where we differ from OpenSSL on purpose: the list that decides whether a difference that a case
 * shows is one, and the table of {@code docs/contract.md}.
 */
final class DeliberateDifferences {
    /**
     * A deliberate difference.
     *
     * @param rows of the contract
     * @param call what is called, and when
     * @param ours what we do
     * @param theirs what OpenSSL 3.0 does
     * @param why ours is better
     * @param clauses the facts that show it
     */
    record Entry(
            String rows,
            String call,
            String ours,
            String theirs,
            String why,
            List<Clause> clauses) {}

    /**
     * A fact that may differ. In all four, {@code *} stands for anything, {@code #} for digits and
     * {@code |} for "or".
     */
    static final class Clause {
        private final String text;
        private final Pattern cases;
        private final Pattern fact;
        private final Pattern ours;
        private final Pattern theirs;

        private Clause(String cases, String fact, String ours, String theirs) {
            this.text = String.join(" · ", cases, fact, ours, theirs);
            this.cases = pattern(cases);
            this.fact = pattern("# " + fact);
            this.ours = pattern(ours);
            this.theirs = pattern(theirs);
        }

        private static Pattern pattern(String glob) {
            return Pattern.compile(
                    Stream.of(glob.split("\\|", -1))
                            .map(
                                    part ->
                                            part.chars()
                                                    .mapToObj(c -> piece((char) c))
                                                    .collect(Collectors.joining()))
                            .collect(Collectors.joining("|")));
        }

        private static String piece(char c) {
            return switch (c) {
                case '*' -> ".*";
                case '#' -> "\\d+";
                default -> Pattern.quote(String.valueOf(c));
            };
        }

        private boolean covers(String name, Trace.Difference difference) {
            return cases.matcher(name).matches()
                    && fact.matcher(difference.fact()).matches()
                    && ours.matcher(difference.ours()).matches()
                    && theirs.matcher(difference.theirs()).matches();
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<Clause, Set<Family>> shown = new HashMap<>();

    DeliberateDifferences() {
        writes();
        ends();
        records();
        renegotiation();
        shutdown();
        keyUpdate();
    }

    private static Clause clause(String cases, String fact, String ours, String theirs) {
        return new Clause(cases, fact, ours, theirs);
    }

    private void add(
            String rows, String call, String ours, String theirs, String why, Clause... clauses) {
        entries.add(new Entry(rows, call, ours, theirs, why, List.of(clauses)));
    }

    private void writes() {
        String wrong = "W8 *|W10 shorter than*|W10 shorter, in*|W14 *";
        add(
                "W8, W10, W14",
                "a write is repeated wrongly, then rightly",
                "the wrong one is refused and nothing has changed: the right one goes on",
                "the wrong one is refused and the connection is lost: -1, `SYSCALL` ever after"
                        + " (4.0: `SSL`), and a torn record at the peer",
                "a slip of the caller's should not cost the connection",
                clause(wrong, "write # at # · result", "# NONE", "-1 SYSCALL|-1 SSL"),
                clause(wrong, "write # at # · moved", "#", "0"),
                clause(wrong, "end · finished", "-", "-1 SYSCALL|-1 SSL"),
                clause(wrong, "end · peer has", "# *", "0 *|16384 *"),
                clause(wrong, "end · a fresh write arrives", "true", "false"));
        String less = "W10 shorter, no less than the first record*";
        add(
                "W10",
                "the repeat has less than the write before, but no less than its first record",
                "-1, `SSL`, `BAD_LENGTH` if it has less than what is sealed, which is a batch of up"
                        + " to 64 KiB",
                "goes on: one record at a time is sealed",
                "batches save calls to the transport; the rule, not less than what is sealed, is"
                        + " the same",
                clause(less, "write 20000 at 0 · result", "-1 SSL BAD_LENGTH", "20000 NONE"),
                clause(less, "write 20000 at 0 · moved", "0", "20000"),
                clause(less, "end · finished", "40000 NONE", "-"),
                clause(less, "end · peer has", "40000 *", "20000 *"));
        String first = "W11 partial, transport full in the first record *";
        String second = "W11 partial, transport full in the second record *";
        add(
                "W11",
                "`ENABLE_PARTIAL_WRITE`: a write that stopped in the middle of a record is"
                        + " repeated",
                "returns once that record is out, as every other write in this mode",
                "goes on with a second record, and says nothing of the first if the second stops",
                "what is out should be told at once; LibreSSL does as we do",
                clause(first, "write 40000 at 0 · result", "16384 NONE", "32768 NONE"),
                clause(first, "write 40000 at 0 · moved", "16384", "32768"),
                clause(first, "peer reads · peer has", "16384", "32768"),
                clause(first, "end · peer has", "16384 *", "32768 *"),
                clause(second, "end · finished", "16384 NONE", "23616 NONE"),
                clause(second, "end · peer has", "32768 *", "40000 *"));
        String many = "W11 partial, many records, MAC then encrypt *";
        add(
                "W11",
                "`ENABLE_PARTIAL_WRITE`, MAC-then-encrypt, four fragments or more",
                "returns after one record, as with every other suite",
                "seals four or eight records at once, until 3.0 one more, and returns after them",
                "the manual promises one; an engine may seal more only where nobody sees it",
                clause(many, "write 10000 at 0 · result", "1024 NONE", "# NONE"),
                clause(many, "write 10000 at 0 · moved", "1024", "#"),
                clause(many, "peer reads · peer has", "1024", "#"),
                clause(many, "end · peer has", "1024 *", "# *"));
        add(
                "W13",
                "an empty write, nothing pending",
                "0, `NONE`",
                "0, `SYSCALL` from `SSL_write`, or `ZERO_RETURN` if close_notify has come; success"
                        + " from `SSL_write_ex`",
                "nothing was to be done and nothing went wrong",
                clause("W13 empty · *", "write 0 at 0 · result", "0 NONE", "0 SYSCALL"),
                clause("W13 empty, after *", "write 0 at 0 · result", "0 NONE", "0 ZERO_RETURN"),
                clause("W13 empty, the handshake *", "end · finished", "0 NONE", "0 SYSCALL"));
        add(
                "W14",
                "an empty write, a record pending",
                "a flush: 0, or -1 with `WANT_WRITE`",
                "-1, `SSL`, `BAD_LENGTH`; the connection is lost",
                "an empty buffer asks for nothing that could go wrong",
                clause(
                        "W14 *",
                        "write 0 at 0 · result",
                        "0 NONE|-1 WANT_WRITE",
                        "-1 SSL BAD_LENGTH"));
        add(
                "W23",
                "a negative length",
                "`IndexOutOfBoundsException`",
                "-1, `SSL`, `BAD_LENGTH`",
                "that is how Java says it; the connection stays usable in both",
                clause(
                        "W23 *",
                        "write -5 at 0 · result",
                        "-1 IndexOutOfBoundsException",
                        "-1 SSL BAD_LENGTH"));
        add(
                "W24",
                "a call from within the transport, or from a second thread",
                "`IllegalStateException`, and the call under way goes on",
                "undefined behaviour",
                "it can be noticed, so it is",
                clause(
                        "W24 *",
                        "write 1000 at 0 · call from the transport",
                        "-1 IllegalStateException",
                        "not tried: undefined behaviour"));
    }

    private void ends() {
        String closed =
                "W17 the transport is closed ·*|W17 the transport is closed, *"
                        + "|W17 the transport closes *|B3 channel, full and then closed *";
        add(
                "W17",
                "the transport is closed",
                "0, `SYSCALL`, or `ZERO_RETURN` if close_notify has come",
                "-1; 4.0 says `SYSCALL` once, then `SSL`; LibreSSL says `SSL`",
                "older versions do as we do: a write of 0 bytes, as the page of SSL_write says",
                clause(
                        closed,
                        "write # at # · result",
                        "0 SYSCALL",
                        "-1 SYSCALL|-1 SSL|-1 SSL UNKNOWN"),
                clause(
                        closed,
                        "write # at # · result",
                        "0 ZERO_RETURN",
                        "-1 ZERO_RETURN|-1 SYSCALL|-1 SSL|-1 SSL UNKNOWN"),
                clause(closed, "end · finished", "0 SYSCALL", "-1 SYSCALL|-1 SSL|-1 SSL UNKNOWN"));
        String broken = "W18 the transport breaks *|B3 channel, broken *";
        add(
                "W18",
                "any call after the transport broke",
                "-1, `SYSCALL`, every time",
                "-1, `SYSCALL` once, then `SSL` without a reason; LibreSSL: `SSL` at once",
                "the error that was is the error that stays",
                clause(broken, "write # at # · result", "-1 SYSCALL", "-1 SSL|-1 SSL UNKNOWN"),
                clause(
                        "W18 * on reading *",
                        "read 100 · result",
                        "-1 SYSCALL",
                        "-1 SSL|-1 SSL UNKNOWN"));
        add(
                "W17, W18",
                "the transport is closed or broken in one direction, the other is used",
                "the connection is dead: the first end stays",
                "the other direction can still be tried; 4.0 says `SSL` there too",
                "one end, told the same way by every call",
                clause(
                        "W17 the transport is closed · *|W18 the transport breaks · *",
                        "read 100 · result",
                        "0 SYSCALL|-1 SYSCALL",
                        "-1 WANT_READ|-1 SSL"),
                clause("W18 * on reading *", "end · a fresh write arrives", "false", "true"));
        String dead = "W19 *|S3 *";
        String later =
                "-1 SYSCALL|-1 ZERO_RETURN|0 ZERO_RETURN|-1 SSL|-1 SSL SHUTDOWN_WHILE_IN_INIT";
        add(
                "W19",
                "any call after a fatal alert or a failed handshake",
                "-1, `SSL`, and the reason, every time",
                "the reason once; then `SYSCALL`, or `ZERO_RETURN` if the alert was the peer's;"
                        + " 4.0: `SSL` without a reason",
                "`ZERO_RETURN` would pass an error for a proper end",
                clause(dead, "write # at # · result", "-1 SSL *", later),
                clause(dead, "read 100 · result", "-1 SSL *", later),
                clause(dead, "handshake · result", "-1 SSL *", later),
                clause(dead, "shutdown · result", "-1 SSL *", later),
                clause(dead, "end · finished", "-1 SSL *", later));
        add(
                "W19",
                "a read finds a fatal alert",
                "-1, `SSL`",
                "0, `SSL`",
                "the number says no more than `getError`; one number for one error",
                clause(
                        "W19 the peer sends a fatal alert*",
                        "read 100 · result",
                        "-1 SSL SSLV3_ALERT_BAD_RECORD_MAC",
                        "0 SSL SSLV3_ALERT_BAD_RECORD_MAC"));
        String hungUp = "W19 the peer hangs up · *";
        add(
                "W27",
                "the peer hangs up without close_notify, and we read",
                "0, `SYSCALL` with the reason, every time; writing goes on until the transport"
                        + " refuses",
                "0, `SSL`, and the connection is lost",
                "SSL_get_error(3): with 0 \"an EOF was observed that violates the protocol\";"
                        + " LibreSSL and OpenSSL 1.1.1 do as we do",
                clause(hungUp, "read 100 · result", "0 SYSCALL", "0 SSL UNEXPECTED_EOF*"),
                clause(hungUp, "read 100 · result", "0 SYSCALL", "-1 SYSCALL|-1 SSL"),
                clause(hungUp, "write 100 at 0 · result", "100 NONE", "-1 SYSCALL|-1 SSL"),
                clause(hungUp, "write 100 at 0 · moved", "100", "0"),
                clause(hungUp, "end · peer has", "100 *", "0 *"),
                clause(hungUp, "end · a fresh write arrives", "true", "false"));
        String inHandshake = "W19 the peer hangs up in the handshake *";
        add(
                "W19",
                "the peer hangs up in the handshake",
                "-1, `SSL`, `UNEXPECTED_EOF_WHILE_READING`; the connection is lost",
                "`SYSCALL`, with 0 (LibreSSL) or -1 (1.1.1); if more comes, the handshake goes on",
                "nothing comes after the end",
                clause(
                        inHandshake,
                        "write 100 at # · result",
                        "-1 SSL UNEXPECTED_EOF_WHILE_READING",
                        "0 SYSCALL"),
                clause(inHandshake, "end · a fresh write arrives", "false", "true"));
        add(
                "W19, W27",
                "the peer hangs up without close_notify",
                "nothing is sent",
                "a fatal alert, decode_error, is sent",
                "nothing was wrong with what came, and the peer has gone",
                clause(
                        "W19 the peer hangs up *",
                        "end · peer",
                        "-1 WANT_READ",
                        "0 SSL TLSV1_ALERT_DECODE_ERROR"
                                + "|-1 SSL TLSV1_ALERT_DECODE_ERROR|-1 SSL WRONG_VERSION_NUMBER"));
        String unknown = "W19 a record of an unknown type ·";
        add(
                "W19",
                "a record of an unknown type",
                "`UNEXPECTED_RECORD`; the alert is unexpected_message",
                "TLS 1.3: `BAD_RECORD_TYPE`, unexpected_message; TLS 1.2: decrypts it first and"
                        + " sends bad_record_mac",
                "RFC 5246 section 6 and RFC 8446 section 5 ask for unexpected_message",
                clause(
                        unknown + " *",
                        "read 100 · result",
                        "-1 SSL UNEXPECTED_RECORD",
                        "-1 SSL BAD_RECORD_TYPE|-1 SSL DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
                clause(
                        unknown + " TLSv1.2 *",
                        "peer reads · peer",
                        "0 SSL SSLV3_ALERT_UNEXPECTED_MESSAGE",
                        "0 SSL SSLV3_ALERT_BAD_RECORD_MAC"),
                clause(
                        unknown + " TLSv1.2 *",
                        "end · peer",
                        "0 SSL SSLV3_ALERT_UNEXPECTED_MESSAGE",
                        "0 SSL SSLV3_ALERT_BAD_RECORD_MAC"));
    }

    private void records() {
        String garbage = "W19 garbage after the handshake · TLSv1.3 *";
        String version = "W19 a record of another version · TLSv1.3 *";
        String end = "peer reads · peer|# end · peer";
        add(
                "W19",
                "TLS 1.3: bytes that are no record, or a record of another version",
                "`WRONG_VERSION_NUMBER`; the alert is protocol_version",
                "`BAD_RECORD_TYPE` with unexpected_message, or `WRONG_VERSION_NUMBER` with"
                        + " decode_error",
                "as before 3.2, and as in TLS 1.2",
                clause(
                        garbage,
                        "read 100 · result",
                        "-1 SSL WRONG_VERSION_NUMBER",
                        "-1 SSL BAD_RECORD_TYPE"),
                clause(
                        garbage,
                        end,
                        "0 SSL TLSV1_ALERT_PROTOCOL_VERSION",
                        "0 SSL SSLV3_ALERT_UNEXPECTED_MESSAGE"),
                clause(
                        version,
                        end,
                        "0 SSL TLSV1_ALERT_PROTOCOL_VERSION",
                        "0 SSL TLSV1_ALERT_DECODE_ERROR"));
        add(
                "W19",
                "a record that is too long",
                "`PACKET_LENGTH_TOO_LONG`",
                "`ENCRYPTED_LENGTH_TOO_LONG`",
                "as before 3.2",
                clause(
                        "W19 a record that is too long *",
                        "read 100 · result",
                        "-1 SSL PACKET_LENGTH_TOO_LONG",
                        "-1 SSL ENCRYPTED_LENGTH_TOO_LONG"));
        add(
                "RD7",
                "TLS 1.3: `hasPending` after the peer's close_notify",
                "false",
                "1",
                "there is nothing left to read",
                clause("W15 after both *|W16 after *", "ask · has pending", "false", "true"));
        String smaller = "F2 the peer wants fragments of 512, ours are smaller still *";
        add(
                "F2",
                "a received max_fragment_length is more than `maxSendFragment`",
                "the smaller of the two is the limit",
                "max_fragment_length is the limit",
                "each of them is a maximum",
                clause(smaller, "write 10000 at 0 · result", "600 NONE", "1024 NONE"),
                clause(smaller, "write 10000 at 0 · moved", "600", "1024"),
                clause(smaller, "peer reads · peer has", "600", "1024"),
                clause(smaller, "end · peer has", "600 *", "1024 *"));
    }

    private void renegotiation() {
        String client =
                "W20 the peer's renegotiation is read in the middle of a write · TLSv1.2 · client";
        add(
                "W20",
                "a client with a write pending reads the peer's wish to renegotiate",
                "the answer waits behind the pending record, so the read says `WANT_WRITE`",
                "the wish is remembered until the write is done: `WANT_READ`",
                "both are in order: the data and the renegotiation come through",
                clause(client, "read 100 · result", "-1 WANT_WRITE", "-1 WANT_READ"));
        String server =
                "W20 the peer's renegotiation is read in the middle of a write · TLSv1.2 · server";
        add(
                "W20",
                "a server with a write pending reads the peer's renegotiation",
                "the answer waits behind the pending record, and the write completes",
                "-1, `SSL`, `BAD_LENGTH`; the connection and the write are lost",
                "a defect",
                clause(server, "read 100 · result", "-1 WANT_WRITE", "-1 SSL BAD_LENGTH"),
                clause(
                        server,
                        "write # at #, repeated · result",
                        "40000 NONE",
                        "-1 SYSCALL|-1 SSL"),
                clause(server, "read all · result", "-1 WANT_READ", "-1 SYSCALL|-1 SSL"),
                clause(server, "peer reads · peer has", "40000", "0"),
                clause(server, "end · finished", "-", "-1 SYSCALL|-1 SSL"),
                clause(server, "end · peer has", "40000 *", "0 *"),
                clause(server, "end · a fresh write arrives", "true", "false"));
        String early = "R1 ours, allowed, before the handshake *";
        add(
                "R1",
                "`renegotiate` before the first handshake is complete",
                "0, `SSL`, `STILL_IN_INIT`",
                "0, `SSL`, `NO_RENEGOTIATION`; where renegotiation is allowed 1, and the handshake"
                        + " then fails",
                "there is nothing yet to negotiate again",
                clause(
                        "R1 ours, before the handshake *",
                        "renegotiate · result",
                        "0 SSL STILL_IN_INIT",
                        "0 SSL NO_RENEGOTIATION"),
                clause(early, "renegotiate · result", "0 SSL STILL_IN_INIT", "1 NONE"),
                clause(early, "connect · result", "1 NONE", "-1 SSL INTERNAL_ERROR|-1 SYSCALL"),
                clause(early, "end · peer has", "100 *", "0 *"),
                clause(early, "end · peer has all that was written", "true", "false"),
                clause(early, "end · peer", "-1 WANT_READ", "-1 SSL UNEXPECTED_MESSAGE"),
                clause(early, "end · a fresh write arrives", "true", "false"));
    }

    private void shutdown() {
        add(
                "S1",
                "`shutdown` with a write pending",
                "the sealed bytes go out, then close_notify",
                "-1, `WANT_WRITE`, then `BAD_WRITE_RETRY`: neither the write nor close_notify ever"
                        + " gets out",
                "a defect",
                clause(
                        "S1 *",
                        "shutdown · result",
                        "0 NONE",
                        "-1 WANT_WRITE|-1 SSL BAD_WRITE_RETRY"),
                clause("S1 *", "peer reads · peer has", "10000", "0"),
                clause("S1 *", "peer reads · peer", "0 ZERO_RETURN", "-1 WANT_READ"),
                clause("S1 *", "end · peer has", "10000 *", "0 *"),
                clause("S1 *", "end · peer", "0 ZERO_RETURN", "-1 WANT_READ"));
        String talking = "S2 the peer still sends *";
        add(
                "S2",
                "`shutdown` waits for close_notify, and data comes",
                "-1, `SSL`, `APPLICATION_DATA_AFTER_CLOSE_NOTIFY`; `read` has the data, then"
                        + " `shutdown` goes on",
                "the same error, but the data and the connection are lost",
                "what the peer sent before its close_notify belongs to the caller",
                clause(talking, "read all · result", "-1 WANT_READ", "-1 SYSCALL|-1 SSL"),
                clause(talking, "read all · read so far", "100", "0"),
                clause(
                        talking,
                        "shutdown · result",
                        "1 NONE",
                        "-1 SSL SHUTDOWN_WHILE_IN_INIT|-1 SSL"),
                clause(talking, "shutdown · closed", "[RECEIVED, SENT]", "[SENT]"),
                clause(talking, "end · closed", "[RECEIVED, SENT]", "[SENT]"));
        String alert = "0 SSL SSLV3_ALERT_BAD_RECORD_MAC";
        add(
                "S3",
                "a fatal alert of ours finds the transport full",
                "it waits behind the sealed bytes and goes out with the next call",
                "it is lost, and the pending write with it; a read may say `WANT_WRITE`, for ever",
                "the peer should learn why",
                clause("S3 no room *", "read 100 · result", "-1 SSL *", "-1 WANT_WRITE|-1 SSL"),
                clause("S3 *", "peer reads · peer", alert, "-1 WANT_READ"),
                clause("S3 * behind *", "peer reads · peer has", "10000", "0"),
                clause("S3 * behind *", "end · peer has", "10000 *", "0 *"),
                clause("S3 *", "end · peer", alert, "-1 WANT_READ"));
    }

    private void keyUpdate() {
        add(
                "K1",
                "the peer asks for a KeyUpdate twice before we write",
                "one KeyUpdate answers both",
                "two KeyUpdates, the first of them in the middle of reading",
                "RFC 8446 section 4.6.3 asks for one, and reading should not write",
                clause(
                        "K1 the peer wants a KeyUpdate twice · TLSv1.3 *",
                        "sent · bytes",
                        "0",
                        "27"));
        String longer = "K1 * while a write longer than a batch is pending · TLSv1.3 *";
        add(
                "K1",
                "the peer asks for a KeyUpdate in the middle of a long write",
                "the answer goes out before the next record that is sealed, in the same write",
                "the answer waits for the next write",
                "RFC 8446 section 4.6.3: before the next application data record",
                clause(longer, "sent · bytes", "200313", "200286"),
                clause(longer, "sent · bytes", "1022", "1049"));
        add(
                "K1",
                "`keyUpdate` twice before anything is sent",
                "1: one KeyUpdate does for both",
                "0, `SSL`, `STILL_IN_INIT`",
                "nothing is wrong with asking twice",
                clause(
                        "K1 our KeyUpdate twice · TLSv1.3 *",
                        "key update (requestPeer=true) · result",
                        "1 NONE",
                        "0 SSL STILL_IN_INIT"));
        add(
                "K1",
                "`keyUpdate` before the first handshake is complete",
                "0, `SSL`, `STILL_IN_INIT`",
                "0, `SSL`, `WRONG_SSL_VERSION`",
                "the version is not known yet",
                clause(
                        "K1 our KeyUpdate before the handshake *",
                        "key update (requestPeer=false) · result",
                        "0 SSL STILL_IN_INIT",
                        "0 SSL WRONG_SSL_VERSION"));
        add(
                "K1",
                "`keyUpdate` after our close_notify",
                "0, `SSL`, `PROTOCOL_IS_SHUTDOWN`",
                "1",
                "RFC 8446 section 6.1: nothing may be sent after it",
                clause(
                        "K1 our KeyUpdate after our close_notify · TLSv1.3 *",
                        "key update (requestPeer=false) · result",
                        "0 SSL PROTOCOL_IS_SHUTDOWN",
                        "1 NONE"));
        String reading = "K1 our KeyUpdate*, no room, and we read · TLSv1.3 *";
        add(
                "K1",
                "a KeyUpdate of ours finds the transport full, and we read",
                "the read reads",
                "-1, `WANT_WRITE`: the read sends the KeyUpdate first",
                "reading needs no room",
                clause(reading, "read 100 · result", "100 NONE", "-1 WANT_WRITE"),
                clause(reading, "read 100 · result", "-1 WANT_READ", "100 NONE"));
        String before = "K1 our KeyUpdate before close_notify · TLSv1.3 *";
        add(
                "K1",
                "`shutdown` right after `keyUpdate`",
                "close_notify goes out; the KeyUpdate is of no more use",
                "-1, `SSL`, `SHUTDOWN_WHILE_IN_INIT`",
                "the connection was complete and can be closed",
                clause(before, "shutdown · result", "0 NONE", "-1 SSL SHUTDOWN_WHILE_IN_INIT"),
                clause(before, "shutdown · closed", "[SENT]", "[]"),
                clause(before, "sent · bytes", "24", "0"),
                clause(before, "peer reads · peer", "0 ZERO_RETURN", "-1 WANT_READ"),
                clause(before, "end · peer", "0 ZERO_RETURN", "-1 WANT_READ"),
                clause(before, "end · closed", "[SENT]", "[]"),
                clause(before, "end · a fresh write arrives", "false", "true"));
        add(
                "K2",
                "`keyUpdate` with a write pending",
                "1: it is remembered and done after the write",
                "0, `SSL`, `BAD_WRITE_RETRY`",
                "the caller need not wait for a better moment",
                clause(
                        "K2 * · TLSv1.3 *",
                        "key update (requestPeer=*) · result",
                        "1 NONE",
                        "0 SSL BAD_WRITE_RETRY"));
    }

    /** Those of a case's differences that are not on the list. */
    List<Trace.Difference> unlisted(String name, List<Trace.Difference> differences) {
        return differences.stream()
                .filter(
                        difference ->
                                clauses().noneMatch(clause -> clause.covers(name, difference)))
                .toList();
    }

    /** Takes note of what differences of a family's the list explains. */
    void show(Family family, String name, List<Trace.Difference> differences) {
        clauses()
                .filter(
                        clause ->
                                differences.stream().anyMatch(found -> clause.covers(name, found)))
                .forEach(
                        clause ->
                                shown.computeIfAbsent(clause, it -> EnumSet.noneOf(Family.class))
                                        .add(family));
    }

    /** What the list says and nothing has shown. */
    List<Clause> stale() {
        return clauses().filter(clause -> !shown.containsKey(clause)).toList();
    }

    private String families(Entry entry) {
        return entry.clauses.stream()
                .flatMap(clause -> shown.getOrDefault(clause, Set.of()).stream())
                .distinct()
                .sorted()
                .map(Family::toString)
                .collect(Collectors.joining(", "));
    }

    private Stream<Clause> clauses() {
        return entries.stream().flatMap(entry -> entry.clauses.stream());
    }

    /** The list as the contract prints it, with the families that {@link #show} was told of. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append("| rows | when | ours | theirs | whose | why |\n|---|---|---|---|---|---|\n");
        for (Entry entry : entries) {
            table.append(
                    String.format(
                            "| %s | %s | %s | %s | %s | %s |%n",
                            entry.rows,
                            entry.call,
                            entry.ours,
                            entry.theirs,
                            families(entry),
                            entry.why));
        }
        return table.toString();
    }
}
