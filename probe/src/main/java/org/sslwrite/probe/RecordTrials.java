package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.probe.Finding.Verdict;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Lets a token seal what a TLS record needs, on one route, and compares with the JDK. Each trial
 * has a key, a nonce and a plaintext of its own.
 */
final class RecordTrials {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Every token should manage this much at once. */
    private static final int MODEST = 1008;

    private static final int NONCE = 12;
    private static final int BLOCK = 16;

    /** As long as a TLS 1.2 record's. */
    private static final int AAD = 13;

    private final Route route;

    RecordTrials(Route route) {
        this.route = route;
    }

    /** Tries one length. */
    @FunctionalInterface
    private interface Trial {
        /** Null if the answer is the known one; otherwise what is wrong with it. */
        @Nullable String fault(int length, boolean inPlace);
    }

    /** Tries to seal with AES-GCM, ChaCha20-Poly1305, AES-CBC or HMAC. */
    Finding of(Feature feature) {
        int unit = ReferenceCrypto.isCbc(feature) ? BLOCK : 1;
        return judge(feature, unit, trial(feature));
    }

    /** A finding of another route, if this one can do as much; in place. */
    Finding confirmed(Finding finding) {
        String fault = trial(finding.feature()).fault(finding.largestInput(), true);
        return fault == null
                ? finding
                : new Finding(
                        finding.feature(),
                        route.engine(),
                        Verdict.PARTLY,
                        "works, but not as records are sealed: " + fault,
                        finding.largestInput());
    }

    private Trial trial(Feature feature) {
        if (ReferenceCrypto.isMac(feature)) {
            return (length, inPlace) -> hmacFault(feature, length);
        }
        return ReferenceCrypto.isCbc(feature)
                ? (length, inPlace) -> cbcFault(feature, length, inPlace)
                : (length, inPlace) -> aeadFault(feature, length, inPlace);
    }

    /**
     * @param unit of length: a block, or a byte
     */
    private Finding judge(Feature feature, int unit, Trial trial) {
        String fault = firstFault(trial, unit, MODEST);
        if (fault != null) {
            return Finding.failed(feature, route.engine(), route.lists(feature), fault);
        }
        int needed = RecordNeeds.largestInput(feature);
        String tooLong = trial.fault(needed, false);
        int largest = tooLong == null ? needed : largest(unit, needed, trial);
        String limit = tooLong == null ? "" : "at most " + largest + " bytes at once: " + tooLong;
        String inPlace = trial.fault(largest, true);
        if (inPlace != null) {
            return new Finding(
                    feature, route.engine(), Verdict.PARTLY, "not in place: " + inPlace, largest);
        }
        return new Finding(feature, route.engine(), Verdict.WORKS, limit, largest);
    }

    private static @Nullable String firstFault(Trial trial, int... lengths) {
        for (int length : lengths) {
            String fault = trial.fault(length, false);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    /** Between what works and what does not. */
    private static int largest(int unit, int tooMuch, Trial trial) {
        int works = MODEST / unit;
        int fails = tooMuch / unit;
        while (fails - works > 1) {
            int middle = (works + fails) >>> 1;
            if (trial.fault(middle * unit, false) == null) {
                works = middle;
            } else {
                fails = middle;
            }
        }
        return works * unit;
    }

    private @Nullable String aeadFault(Feature feature, int length, boolean inPlace) {
        byte[] key = random(ReferenceCrypto.keyLength(feature));
        byte[] nonce = random(NONCE);
        byte[] aad = random(AAD);
        byte[] plaintext = random(length);
        try {
            Route.Sealed sealed =
                    route.aead(feature, key, nonce.clone(), aad, plaintext.clone(), inPlace);
            byte[] expected = ReferenceCrypto.aead(feature, key, nonce, aad, plaintext);
            if (Arrays.equals(expected, sealed.bytes())) {
                return null;
            }
            String ownNonce = ownNonce(feature, key, nonce, aad, sealed);
            return ownNonce != null ? ownNonce : difference(expected, sealed.bytes(), nonce);
        } catch (TrialFailure e) {
            return e.reason();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Whether the record can be opened under a nonce that the token made. */
    private static @Nullable String ownNonce(
            Feature feature, byte[] key, byte[] nonce, byte[] aad, Route.Sealed sealed) {
        byte[] bytes = sealed.bytes();
        String word = "makes an IV of its own instead of the caller's";
        if (!Arrays.equals(nonce, sealed.nonce())
                && ReferenceCrypto.opens(feature, key, sealed.nonce(), aad, bytes)) {
            return word;
        }
        if (bytes.length < NONCE + BLOCK) {
            return null;
        }
        int rest = bytes.length - NONCE;
        byte[] last = Arrays.copyOfRange(bytes, rest, bytes.length);
        if (!Arrays.equals(nonce, last)
                && ReferenceCrypto.opens(feature, key, last, aad, Arrays.copyOf(bytes, rest))) {
            return word + ", and appends it";
        }
        byte[] first = Arrays.copyOf(bytes, NONCE);
        byte[] behind = Arrays.copyOfRange(bytes, NONCE, bytes.length);
        if (!Arrays.equals(nonce, first)
                && ReferenceCrypto.opens(feature, key, first, aad, behind)) {
            return word + ", and puts it in front";
        }
        return null;
    }

    private @Nullable String cbcFault(Feature feature, int length, boolean inPlace) {
        byte[] key = random(ReferenceCrypto.keyLength(feature));
        byte[] iv = random(BLOCK);
        byte[] plaintext = random(length);
        try {
            byte[] sealed = route.cbc(feature, key, iv.clone(), plaintext.clone(), inPlace);
            byte[] expected = ReferenceCrypto.cbc(feature, key, iv, plaintext);
            return difference(expected, sealed, iv);
        } catch (TrialFailure e) {
            return e.reason();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private @Nullable String hmacFault(Feature feature, int length) {
        byte[] key = random(ReferenceCrypto.keyLength(feature));
        byte[] message = random(length);
        try {
            byte[] mac = route.hmac(feature, key, message);
            return difference(ReferenceCrypto.hmac(feature, key, message), mac, new byte[0]);
        } catch (TrialFailure e) {
            return e.reason();
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** What is wrong with an answer; null if nothing is. */
    static @Nullable String difference(byte[] expected, byte[] actual, byte[] iv) {
        if (Arrays.equals(expected, actual)) {
            return null;
        }
        int common = Arrays.mismatch(expected, actual);
        if (actual.length > expected.length && common == expected.length) {
            byte[] more = Arrays.copyOfRange(actual, expected.length, actual.length);
            return Arrays.equals(more, iv)
                    ? "appends the IV to its output"
                    : "appends " + more.length + " bytes to its output";
        }
        if (actual.length != expected.length) {
            return "gives " + actual.length + " bytes instead of " + expected.length;
        }
        return "gives a wrong answer: it is not the one of the JDK";
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
