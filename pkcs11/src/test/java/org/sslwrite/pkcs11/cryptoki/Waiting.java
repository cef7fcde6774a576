package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does soon, but not for ever. */
final class Waiting {
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(30);

    private Waiting() {}

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "it does not happen");
            Thread.onSpinWait();
        }
    }
}
