package org.sslwrite.cli;

import com.sun.management.UnixOperatingSystemMXBean;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The options that say how much of a server its clients may take up. */
final class ServeLimits {
    /** Bytes of the heap that a server without connections takes up. */
    private static final long IDLE_HEAP = 20L * 1024 * 1024;

    /** Bytes of the heap that a connection takes up in its handshake. */
    private static final long HEAP_OF_CONNECTION = 64 * 1024;

    /** Files that are open without a connection: jars, listeners, a token's. */
    private static final long OTHER_FILES = 200;

    /** The socket, and the file that is served. */
    private static final long FILES_OF_CONNECTION = 2;

    @Spec(Target.MIXEE)
    private CommandLine.Model.CommandSpec command;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description =
                    "Connections at a time; default: 1000, or fewer where Java has less than 84 MB"
                            + " (-Xmx) or may open fewer than 2200 files (ulimit -n). Beyond, the"
                            + " one that has waited longest for its client makes room; if all are"
                            + " being answered, the next waits.")
    int maxConnections = mostFor(Runtime.getRuntime().maxMemory(), maxFiles());

    @Option(
            names = "--max-per-address",
            paramLabel = "N",
            description =
                    "Connections at a time from one address; default: no limit but the one above."
                            + " Beyond, the one of that address that has waited longest makes room,"
                            + " or the new one is closed.")
    int maxPerAddress = Integer.MAX_VALUE;

    @Option(
            names = "--head-timeout",
            paramLabel = "SECONDS",
            description =
                    "Give a client up that needs longer for the head of a request, from the end of"
                            + " the handshake or its first byte; default: 10.")
    Duration headTimeout = Duration.ofSeconds(10);

    @Option(
            names = "--keep-alive",
            paramLabel = "SECONDS",
            description =
                    "Close a connection on which no request follows an answer for so long; default:"
                            + " 10.")
    Duration keepAlive = Duration.ofSeconds(10);

    @Option(
            names = "--min-rate",
            paramLabel = "BYTES",
            description =
                    "Give a client up that takes fewer bytes a second in the mean, so that it is"
                            + " behind by the time of --timeout; default: 5000; 0: any pace, as"
                            + " long as bytes move.")
    int minRate = 5000;

    @Option(
            names = "--send-buffer",
            paramLabel = "BYTES",
            description =
                    "The system's buffer for what a client has not taken yet; default: 262144. A"
                            + " larger one makes long fast lines faster; so does net.core.wmem_max,"
                            + " which limits it on Linux. A smaller one sees sooner that a slow"
                            + " client moves.")
    int sendBuffer = BoundedBio.SEND_BUFFER;

    /**
     * Connections for which there is memory and for which files can be opened. Neither must run
     * out: the JDK's own threads, by which all sockets wait, do not survive that, nor do classes
     * that open a file when they are first used.
     */
    static int mostFor(long heap, long files) {
        long byHeap = (heap - IDLE_HEAP) / HEAP_OF_CONNECTION;
        long byFiles = (files - OTHER_FILES) / FILES_OF_CONNECTION;
        return Math.clamp(Math.min(byHeap, byFiles), 16, 1000);
    }

    /** Files that this process may open; as many as one likes where the system doesn't tell. */
    private static long maxFiles() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** Fails if a number is out of its range. */
    void check() {
        require("--max-connections", maxConnections, 1);
        require("--max-per-address", maxPerAddress, 1);
        require("--min-rate", minRate, 0);
        require("--send-buffer", sendBuffer, 1024);
    }

    private void require(String option, int value, int least) {
        if (value < least) {
            throw new ParameterException(
                    command.commandLine(), option + " " + value + " is less than " + least);
        }
    }
}
