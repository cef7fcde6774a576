package org.sslwrite.bench.jmh;

/** What netty must be told to be at its best on threads that are not its own. */
public final class Netty {
    /** It uses {@code sun.misc.Unsafe}. */
    public static final String UNSAFE_MEMORY = "--sun-misc-unsafe-memory-access=allow";

    /** Its pool of buffers, as on its own threads. */
    public static final String CACHE = "-Dio.netty.allocator.useCacheForAllThreads=true";

    private Netty() {}
}
