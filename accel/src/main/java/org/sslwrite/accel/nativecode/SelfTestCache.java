package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.BulkCipher;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What came of testing each cipher, once. */
public final class SelfTestCache {
    private final Map<BulkCipher, Optional<String>> objections = new ConcurrentHashMap<>();

    /** Why it cannot be trusted; null if it can. */
    @Nullable String on(BulkCipher cipher, Supplier<@Nullable String> test) {
        return objections
                .computeIfAbsent(cipher, c -> Optional.ofNullable(test.get()))
                .orElse(null);
    }
}
