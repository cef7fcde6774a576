package org.sslwrite.softhsm;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The JDK's thread that closes the sessions and destroys the objects of SunPKCS11 that the
 * collector has found. It sleeps, works, sleeps; nothing stops it. While it calls the module nobody
 * may call C_Finalize or close its sessions: "the behavior of C_Finalize is undefined if it is
 * called while other threads are making Cryptoki calls" (PKCS#11 2.40), and SoftHSM 2.6 then ends
 * the process. So whoever does that in a test asks here first.
 */
public final class SunCleaner {
    private static final String THREAD = "Cleanup-SunPKCS11";

    /** It sleeps for a second, or longer: our SunPKCS11 configuration's cleaner.shortInterval. */
    private static final Duration SLEEP = Duration.ofSeconds(1);

    /** For what the caller has to do, on a busy machine. */
    private static final Duration MARGIN = Duration.ofMillis(300);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static long lastLook;
    private static long lastCpuTime = -1;

    /** The thread sleeps until then, at least. */
    private static long asleepUntil;

    private SunCleaner() {}

    /** Returns when the thread has gone to sleep just now, or if there is none. */
    public static synchronized void awaitAsleep() {
        Thread thread = thread();
        while (thread != null && !isAsleep(thread)) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static @Nullable Thread thread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(THREAD))
                .findAny()
                .orElse(null);
    }

    /** It has gone to sleep after the look that found it as the look before had. */
    private static boolean isAsleep(Thread thread) {
        long now = System.nanoTime();
        long cpuTime = THREADS.getThreadCpuTime(thread.threadId());
        if (cpuTime != lastCpuTime) {
            asleepUntil = lastCpuTime < 0 ? now : lastLook + SLEEP.toNanos() - MARGIN.toNanos();
            lastCpuTime = cpuTime;
        }
        lastLook = now;
        return thread.getState() == Thread.State.TIMED_WAITING && now - asleepUntil < 0;
    }
}
