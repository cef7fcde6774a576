package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.sslwrite.kit.WatchedProvider;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was encrypted under which key and nonce, whoever did it: a key and nonce that meet a second
 * plaintext, or the same with other additional data, give the plaintext or the authentication key
 * away. Safe for use by several threads.
 */
final class NonceLedger {
    private record Entry(byte[] plaintext, byte[] aad, boolean bySoftware) {}

    /** For those who cannot tell the additional data. */
    static final byte[] UNKNOWN_AAD = {};

    private final Map<String, Entry> entries = new HashMap<>();
    private final Set<String> keys = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private int uses;
    private int takenOver;

    /** Notes what a token was given to encrypt, whether it succeeded or not. */
    void add(byte[] key, byte[] nonce, byte[] aad, byte[] plaintext) {
        add(key, nonce, new Entry(plaintext, aad, false));
    }

    /** Notes what the software that stands by has encrypted. */
    void addAll(List<WatchedProvider.Use> software) {
        HexFormat hex = HexFormat.of();
        for (WatchedProvider.Use use : software) {
            add(
                    hex.parseHex(use.key()),
                    hex.parseHex(use.nonce()),
                    new Entry(hex.parseHex(use.input()), UNKNOWN_AAD, true));
        }
    }

    private synchronized void add(byte[] key, byte[] nonce, Entry entry) {
        HexFormat hex = HexFormat.of();
        String place = hex.formatHex(key) + "/" + hex.formatHex(nonce);
        uses++;
        keys.add(hex.formatHex(key));
        Entry earlier = entries.putIfAbsent(place, entry);
        if (earlier == null) {
            return;
        }
        if (earlier.bySoftware != entry.bySoftware) {
            takenOver++;
        }
        if (!Arrays.equals(earlier.plaintext, entry.plaintext)) {
            violations.add("two plaintexts under nonce " + hex.formatHex(nonce));
        } else if (earlier.aad == UNKNOWN_AAD) {
            entries.put(place, entry);
        } else if (entry.aad != UNKNOWN_AAD && !Arrays.equals(earlier.aad, entry.aad)) {
            violations.add("two kinds of AAD under nonce " + hex.formatHex(nonce));
        }
    }

    /** Encryptions noted. */
    synchronized int uses() {
        return uses;
    }

    /** Every key, in hexadecimal; also those of before. */
    synchronized Set<String> keys() {
        return Set.copyOf(keys);
    }

    /** Records that a token began to encrypt and software encrypted as well. */
    synchronized int takenOver() {
        return takenOver;
    }

    /** Fails the test if a nonce was used for two things; begins anew in any case. */
    synchronized void assertNoNonceTwice() {
        List<String> found = List.copyOf(violations);
        violations.clear();
        entries.clear();
        uses = 0;
        takenOver = 0;
        assertEquals(List.of(), found, "nonces");
    }
}
