package org.sslwrite.cli;

import picocli.CommandLine;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the command: in this process with its output captured, or as a process of its own. */
final class Cli {
    private Cli() {}

    /**
     * What a command left behind.
     *
     * @param exit code
     * @param out standard output
     * @param err standard error
     */
    record Result(int exit, String out, String err) {}

    static Result run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = command(new PrintWriter(out), new PrintWriter(err)).execute(strings(args));
        return new Result(exit, out.toString(), err.toString());
    }

    static CommandLine command(PrintWriter out, PrintWriter err) {
        return Main.commandLine().setOut(out).setErr(err);
    }

    static String[] strings(Object... args) {
        String[] strings = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            strings[i] = args[i].toString();
        }
        return strings;
    }

    /**
     * A process that runs the command, not started yet; its temporary files go to a folder of its
     * own.
     */
    static ProcessBuilder process(Path temporary, Object... args) {
        return java(temporary, Main.class, args);
    }

    /** As above, for another main class. */
    static ProcessBuilder java(Path temporary, Class<?> main, Object... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of("-cp", classPath(), main.getName()));
        command.addAll(List.of(strings(args)));
        return new ProcessBuilder(command);
    }

    private static String classPath() {
        String ofSurefire = System.getProperty("surefire.test.class.path");
        String own = System.getProperty("java.class.path");
        return ofSurefire == null ? own : ofSurefire + File.pathSeparator + own;
    }
}
