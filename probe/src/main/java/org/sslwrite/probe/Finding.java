package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenRoute;

import java.util.Locale;

/**
 * What became of one feature when it was tried.
 *
 * @param engine the way to the token on which it was tried
 * @param detail why, or how far; empty if there is nothing to say. It may quote the token: print it
 *     only without its control characters.
 * @param largestInput bytes that one operation of a record took, at most as many as a record can
 *     need; 0 where it does not apply
 */
public record Finding(
        Feature feature, TokenRoute engine, Verdict verdict, String detail, int largestInput) {
    /** From best to worst. */
    public enum Verdict {
        /** It gives the known answers. */
        WORKS,
        /** It gives the known answers, but not as a record needs them: the detail says which. */
        PARTLY,
        /** The token says it can, but fails or gives wrong answers. */
        BROKEN,
        /** The token does not say it can, and cannot. */
        ABSENT,
        /** It could not be tried. */
        UNTRIED;

        /** For programs: lower case. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Something that was tried and went wrong.
     *
     * @param listed whether the token says it can do it
     */
    static Finding failed(Feature feature, TokenRoute engine, boolean listed, String fault) {
        return listed
                ? new Finding(feature, engine, Verdict.BROKEN, fault, 0)
                : new Finding(
                        feature, engine, Verdict.ABSENT, "not listed; when tried: " + fault, 0);
    }

    /** Whether it can be relied on. */
    public boolean works() {
        return verdict == Verdict.WORKS;
    }
}
