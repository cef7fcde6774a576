package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Locale;

/** The word that was probably meant. */
final class Nearest {
    private Nearest() {}

    /** The word of least distance, or one that begins like this; null if none is near. */
    static @Nullable String to(String typed, Collection<String> words) {
        if (typed.length() < 3) {
            return null;
        }
        String nearest = null;
        int least = Math.max(1, typed.length() / 3) + 1;
        for (String word : words) {
            String known = word.toLowerCase(Locale.ROOT);
            String given = typed.toLowerCase(Locale.ROOT);
            boolean begun = known.startsWith(given);
            int distance = begun ? 1 : distance(given, known);
            if (distance < least) {
                nearest = word;
                least = distance;
            }
        }
        return nearest;
    }

    /** Letters to be inserted, left out, changed, or swapped with the next. */
    private static int distance(String from, String to) {
        int[][] d = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                d[i][j] =
                        Math.min(
                                Math.min(d[i - 1][j], d[i][j - 1]) + 1,
                                d[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped =
                        i > 1
                                && j > 1
                                && from.charAt(i - 1) == to.charAt(j - 2)
                                && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[from.length()][to.length()];
    }
}
