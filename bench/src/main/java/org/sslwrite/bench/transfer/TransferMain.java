package org.sslwrite.bench.transfer;

import com.sun.management.OperatingSystemMXBean;

import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.fork.Child;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * The program of a JVM that measures one transfer:
 *
 * <pre>
 *   SENDER server|client BYTES_A_WRITE BYTES_TO_WARM_UP BYTES
 * </pre>
 *
 * It prints {@code cpu N}, processor nanoseconds of this process without those of the reader's
 * thread, {@code reader N}, those, and {@code wall N}; or {@code absent REASON}.
 */
final class TransferMain {
    private TransferMain() {}

    public static void main(String[] args) {
        Child.run(
                told -> {
                    try {
                        measure(
                                SenderName.valueOf(args[0]),
                                args[1].equals("server"),
                                Integer.parseInt(args[2]),
                                Long.parseLong(args[3]),
                                Long.parseLong(args[4]),
                                told);
                    } catch (AbsentException e) {
                        told.println("absent " + e.getMessage());
                    }
                });
    }

    private static void measure(
            SenderName name, boolean isServer, int size, long warmUp, long bytes, PrintStream told)
            throws Exception {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        ByteBuffer src = ByteBuffer.allocateDirect(size).put(content).clear();
        long first = Math.ceilDiv(warmUp, size);
        long then = Math.ceilDiv(bytes, size);
        try (Reader reader = new Reader(!isServer, content)) {
            try (Sender sender = name.connect(reader.address(), isServer)) {
                sender.send(src, first);
                long wall = System.nanoTime();
                long read = reader.cpuNanos();
                long cpu = cpuNanos();
                sender.send(src, then);
                cpu = cpuNanos() - cpu;
                read = reader.cpuNanos() - read;
                wall = System.nanoTime() - wall;
                told.println("cpu " + (cpu - read));
                told.println("reader " + read);
                told.println("wall " + wall);
            }
            reader.requireAll((first + then) * size);
        }
    }

    /** User and system time of all threads, in the kernel's ticks of 10 ms. */
    private static long cpuNanos() throws IOException {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean) {
            return bean.getProcessCpuTime();
        }
        throw new IOException("this JVM does not know its processor time");
    }
}
