package org.sslwrite.bench.fork;

import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.jmh.Netty;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** How a JVM that measures is begun, by its parent and by itself, and how it ends. */
public final class Child {
    /** Bouncy Castle tells of every handshake. Kept, or the setting is garbage. */
    private static final Logger BOUNCY_CASTLE = Logger.getLogger("org.bouncycastle");

    private Child() {}

    /** What it does. */
    public interface Work {
        /** Does it, and prints what its parent is to know. */
        void run(PrintStream told) throws Exception;
    }

    /**
     * The command that starts one, with this JVM's own class path.
     *
     * @param options of the JVM
     */
    public static List<String> command(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add(Netty.UNSAFE_MEMORY);
        command.add(Netty.CACHE);
        command.add("-Xmx1g");
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Does the work of this JVM, and ends it: with code 1 and the reason as its last words if
     * anything is thrown, although a library's threads may still run. Others' prints go to standard
     * error.
     */
    public static void run(Work work) {
        PrintStream told = System.out;
        System.setOut(System.err);
        BOUNCY_CASTLE.setLevel(Level.OFF);
        try {
            work.run(told);
            told.flush();
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.err.println(AbsentException.words(e));
            System.exit(1);
        }
    }
}
