package org.sslwrite.bench.run;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How busy the machine is with other things. Linux counts the time of every processor and of every
 * process; elsewhere there is the load average alone.
 */
final class SystemLoad {
    private static final Path ALL = Path.of("/proc/stat");
    private static final Path OWN = Path.of("/proc/self/stat");

    private final double averageBefore = average();
    private final @Nullable Ticks before = Ticks.now();

    /** In the kernel's ticks: of all processors, and of this process with what it has started. */
    private record Ticks(long total, long busy, long own) {
        static @Nullable Ticks now() {
            try {
                String line = Files.readString(ALL).lines().findFirst().orElse("");
                // user nice system idle iowait irq softirq steal; guests count as users
                long[] all =
                        Stream.of(line.split(" +"))
                                .skip(1)
                                .limit(8)
                                .mapToLong(Long::parseLong)
                                .toArray();
                String stat = Files.readString(OWN);
                // Behind the name, which may hold anything: utime stime cutime cstime
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                long own = 0;
                for (int i = 11; i < 15; i++) {
                    own += Long.parseLong(fields[i]);
                }
                long total = 0;
                for (long part : all) {
                    total += part;
                }
                // Interrupts belong to nobody: those of our own loopback connections, too.
                return new Ticks(total, all[0] + all[1] + all[2] + all[7], own);
            } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
                return null;
            }
        }
    }

    /** NaN if it is unknown. */
    private static double average() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? Double.NaN : load;
    }

    /** Of the minute before this was made; NaN if it is unknown. */
    double averageBefore() {
        return averageBefore;
    }

    /**
     * What part of the machine's time has gone to others since this was made: other processes, and
     * other machines on the same hardware. NaN if it is unknown. Processes that were started from
     * here count as others until they have ended.
     */
    double others() {
        Ticks now = Ticks.now();
        if (before == null || now == null || now.total == before.total) {
            return Double.NaN;
        }
        double busy = now.busy - before.busy;
        double own = now.own - before.own;
        return Math.max(0, busy - own) / (now.total - before.total);
    }

    static String percent(double part) {
        return Double.isNaN(part) ? "not known" : String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    static String load(double average) {
        return Double.isNaN(average) ? "not known" : String.format(Locale.ROOT, "%.2f", average);
    }
}
