package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.BulkCipher;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What came of testing each cipher, once. */
final class Verdicts {
    private final Map<BulkCipher, Optional<String>> objections = new ConcurrentHashMap<>();

    /** Why it cannot be trusted; null if it can. */
    @Nullable String on(BulkCipher cipher, Supplier<@Nullable String> test) {
        return objections
                .computeIfAbsent(cipher, c -> Optional.ofNullable(test.get()))
                .orElse(null);
    }
}
