package org.sslwrite.softhsm;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, which does something with tokens and says on its standard output what. */
final class OtherProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;

    private OtherProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one; its role is the first argument of {@link #main}. */
    static OtherProcess start(String role, Map<String, String> environment, String... options)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(OtherProcess.class.getName(), role));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new OtherProcess(builder.start());
    }

    String line() throws IOException {
        return String.valueOf(output.readLine());
    }

    /** As Ctrl-C does, or the end of a session: SIGTERM. */
    void terminate() {
        process.destroy();
        process.onExit().completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Not by force, unless it must be: it has tokens to remove. */
    @Override
    public void close() throws IOException {
        terminate();
        process.destroyForcibly();
        output.close();
    }

    /** In the other process. */
    public static void main(String[] arguments) throws TokenException, IOException {
        switch (arguments[0]) {
            case "hold" -> {
                SoftwareToken token = SoftwareToken.create(SoftwareToken.Kind.SOFTHSM);
                System.out.println(token.tokenDirectory());
                System.in.read(); // until somebody ends this
            }
            case "create" -> tryToCreate();
            case "come-late" -> {
                CryptokiModule.load(SoftwareLibrary.of(SoftwareToken.Kind.SOFTHSM).path(), null);
                tryToCreate();
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void tryToCreate() {
        try (SoftwareToken token = SoftwareToken.create(SoftwareToken.Kind.SOFTHSM)) {
            System.out.println("made " + token);
        } catch (TokenException e) {
            System.out.println(e.getMessage());
        }
    }
}
