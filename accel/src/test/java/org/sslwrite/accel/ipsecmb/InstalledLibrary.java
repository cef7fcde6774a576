package org.sslwrite.accel.ipsecmb;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The library that this machine has, if it has one. */
public final class InstalledLibrary {
    private static final IpsecMbLocator.Result FOUND = IpsecMbLocator.ofThisProcess();

    private InstalledLibrary() {}

    /** Skips what needs it, and prints why. */
    static void assumeThere() {
        if (FOUND.library() == null) {
            System.out.println("skipped, as ipsec-mb " + FOUND.reason());
        }
        assumeTrue(FOUND.library() != null, () -> "ipsec-mb " + FOUND.reason());
    }

    /** Why there is none; null if there is. */
    public static String reason() {
        return FOUND.reason();
    }

    public static IpsecMb get() {
        assumeThere();
        return FOUND.library();
    }
}
