package org.sslwrite.seal.nativelib;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The library that this machine has, if it has one. */
final class InstalledLibrary {
    private static final LibrarySearch.Result FOUND = LibrarySearch.ofThisProcess();

    private InstalledLibrary() {}

    /** Skips what needs it, and prints why. */
    static void assumeThere() {
        if (FOUND.library() == null) {
            System.out.println("skipped, as ipsec-mb " + FOUND.reason());
        }
        assumeTrue(FOUND.library() != null, () -> "ipsec-mb " + FOUND.reason());
    }

    /** Why there is none; null if there is. */
    static String reason() {
        return FOUND.reason();
    }

    static IpsecMb get() {
        assumeThere();
        return FOUND.library();
    }
}
