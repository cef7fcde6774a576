package org.sslwrite.pkcs11.pin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "modes of files are POSIX's")
public class PinSourceTest {
    private static final String TOKEN = "SoftHSM2 token \"web\"";
    private static final String SECRET = "73551608";

    @TempDir @Nullable Path directory;

    @ParameterizedTest
    @CsvSource({
        "'73551608'",
        "'73551608\n'",
        "'73551608\r\n'",
        "'73551608\nsecond line\n'",
        "'\uFEFF73551608\n'",
    })
    void firstLineOfTheFileIsThePin(String content) throws Exception {
        assertPin(SECRET, PinSource.file(file(content, "rw-------")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rwx------"})
    void fileOfOurOwnIsRead(String mode) throws Exception {
        assertPin(SECRET, PinSource.file(file(SECRET, mode)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw--w----", "rw-----w-", "rwxrwxrwx"})
    void fileThatOthersCanUseIsRefused(String mode) throws Exception {
        TokenException e = refused(PinSource.file(file(SECRET, mode)));
        assertTrue(e.getMessage().contains("chmod 600 " + directory), e.getMessage());
    }

    @Test
    void linkToTheFileIsFollowed() throws Exception {
        Path link = directory().resolve("link");
        Files.createSymbolicLink(link, file(SECRET, "rw-------"));
        assertPin(SECRET, PinSource.file(link));
    }

    @Test
    void modeOfWhatALinkPointsToCounts() throws Exception {
        Path link = directory().resolve("link");
        Files.createSymbolicLink(link, file(SECRET, "rw-r--r--"));
        refused(PinSource.file(link));
    }

    @Test
    void fileOfOursIsReadAndOfSomeoneElseRefused() throws Exception {
        Path file = file(SECRET, "rw-------");
        assertPin(SECRET, PinSource.file(file));
        boolean root = Files.getAttribute(file, "unix:uid").equals(0);
        assumeTrue(root, "needs root: nobody else can give a file away");
        Files.setAttribute(file, "unix:uid", 65534);
        TokenException e = refused(PinSource.file(file));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("belongs to user 65534"), message);
        run(message.substring(message.indexOf("as root: ") + "as root: ".length()));
        assertPin(SECRET, PinSource.file(file));
    }

    /** As Kubernetes lays out a secret; it puts another directory under ..data when it changes. */
    @Test
    void linksIntoTheDirectoryThatKubernetesSwapsAreFollowed() throws Exception {
        for (String version : new String[] {"..2026_01", "..2026_02"}) {
            Path data = Files.createDirectory(directory().resolve(version));
            Path file = Files.writeString(data.resolve("pin"), SECRET);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        }
        Path data = directory().resolve("..data");
        Path pin = directory().resolve("pin");
        Files.createSymbolicLink(data, Path.of("..2026_01"));
        Files.createSymbolicLink(pin, Path.of("..data", "pin"));
        assertPin(SECRET, PinSource.file(pin));
        Files.delete(data);
        Files.createSymbolicLink(data, Path.of("..2026_02"));
        assertPin(SECRET, PinSource.file(pin));
        Files.setPosixFilePermissions(
                pin.toRealPath(), PosixFilePermissions.fromString("r--r--r--"));
        TokenException e = refused(PinSource.file(pin));
        assertTrue(e.getMessage().contains("defaultMode: 0400"), e.getMessage());
    }

    @Test
    void aFileOfRootForAGroupOfOursIsRead() throws Exception {
        Path file = file(SECRET, "r--r-----");
        boolean root = Files.getAttribute(file, "unix:uid").equals(0);
        assumeTrue(root, "needs root: nobody else can make a file of root");
        assertPin(SECRET, PinSource.file(file));
        Files.setAttribute(file, "unix:gid", 54321);
        TokenException e = refused(PinSource.file(file));
        assertTrue(e.getMessage().contains("the members of group 54321"), e.getMessage());
    }

    @Test
    void aLinkOfSomeoneElseIsRefused() throws Exception {
        Path file = file(SECRET, "rw-------");
        Path link = Files.createSymbolicLink(directory().resolve("link"), file);
        boolean root = Files.getAttribute(file, "unix:uid").equals(0);
        assumeTrue(root, "needs root: nobody else can give a link away");
        Files.setAttribute(link, "unix:uid", 65534, LinkOption.NOFOLLOW_LINKS);
        TokenException e = refused(PinSource.file(link));
        assertTrue(
                e.getMessage().endsWith("name the file itself: " + file.toRealPath()),
                e.getMessage());
        assertPin(SECRET, PinSource.file(file));
    }

    @Test
    void theRemedyOfAFileForOthersHelps() throws Exception {
        Path blank = Files.createDirectory(directory().resolve("a directory"));
        Path file = Files.writeString(blank.resolve("it's the pin"), SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        String message = refused(PinSource.file(file)).getMessage();
        String remedy = message.substring(message.indexOf("; use: ") + "; use: ".length());
        run(remedy);
        assertPin(SECRET, PinSource.file(file));
    }

    private static void run(String command) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", command).inheritIO().start();
        assertEquals(0, shell.waitFor(), command);
    }

    @Test
    void badFilesAreNamed() throws Exception {
        assertEquals(
                "is not a file", reason(PinSource.file(directory()), "PIN file " + directory()));
        Path missing = directory().resolve("missing");
        assertEquals("does not exist", reason(PinSource.file(missing), "PIN file " + missing));
        Path large = file("1".repeat(4097), "rw-------");
        assertEquals(
                "is longer than 4096 bytes", reason(PinSource.file(large), "PIN file " + large));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\r\nsecond", "735\u000051608", "735\u001b51608"})
    void badPinsInAFileAreRefused(String content) throws Exception {
        TokenException e = refused(PinSource.file(file(content, "rw-------")));
        assertTrue(
                e.getMessage().contains("is empty") || e.getMessage().contains("control character"),
                e.getMessage());
    }

    @Test
    void fileThatIsNoTextIsRefused() throws Exception {
        Path file = file("", "rw-------");
        Files.write(file, new byte[] {'7', '3', (byte) 0xff, '5'});
        assertEquals("is not UTF-8", reason(PinSource.file(file), "PIN file " + file));
    }

    @Test
    void environment() throws Exception {
        Map<String, char[]> all = Map.of("WEB_PIN", SECRET.toCharArray(), "EMPTY", new char[0]);
        PinSources.Environment environment = all::get;
        assertPin(SECRET, PinSources.environment("WEB_PIN", environment));
        for (String missing : new String[] {"OTHER_PIN", "EMPTY"}) {
            TokenException e = refused(PinSources.environment(missing, environment));
            assertEquals(
                    TOKEN
                            + ": the environment variable "
                            + missing
                            + " should hold its PIN, but is not set",
                    e.getMessage());
        }
    }

    /** In a process of its own, whose locale knows ASCII only. */
    @Test
    void aPinInUtf8IsReadFromTheEnvironmentUnderAnyLocale() throws Exception {
        for (String locale : new String[] {"C", "POSIX", "C.UTF-8"}) {
            ProcessBuilder java = java(PinOfEnvironment.class);
            java.environment().put("LC_ALL", locale);
            // Of this process the locale may know ASCII only: the shell makes the bytes.
            java.command().addAll(0, List.of("sh", "-c", EXPORT_AND_RUN, "sh"));
            Process process = java.start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
            assertEquals("70c3a4e282acf09f9491", output.strip(), locale);
        }
    }

    private static final String EXPORT_AND_RUN =
            "WEB_PIN=$(printf 'p\\303\\244\\342\\202\\254\\360\\237\\224\\221');"
                    + " export WEB_PIN; exec \"$@\"";

    private static ProcessBuilder java(Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            command.set(3, command.get(3) + File.pathSeparator + modules);
        }
        command.add(main.getName());
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Prints the PIN in hexadecimal. */
    static final class PinOfEnvironment {
        public static void main(String[] arguments) throws TokenException {
            try (Pin pin = Objects.requireNonNull(PinSource.environment("WEB_PIN").pin(TOKEN))) {
                System.out.println(HexFormat.of().formatHex(pin.utf8()));
            }
        }
    }

    @Test
    void anAnswerThatTheLocaleHasGarbledIsRefusedBeforeTheTokenIsAsked() {
        TokenException e = refused(PinSources.prompt(question -> "p\uFFFD\uFFFD".toCharArray()));
        assertTrue(e.getMessage().contains("LC_ALL=C.UTF-8"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1PIN", "A B", "A=B", "A\u0000"})
    void namesThatNoVariableHasAreRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> PinSource.environment(name));
    }

    @Test
    void promptAsksForTheToken() throws Exception {
        char[] answer = SECRET.toCharArray();
        PinSource prompt =
                PinSources.prompt(
                        question -> {
                            assertEquals("PIN of " + TOKEN + ": ", question);
                            return answer;
                        });
        assertPin(SECRET, prompt);
        assertArrayEquals(new char[SECRET.length()], answer, "the answer is wiped");
        refused(PinSources.prompt(question -> null));
        refused(PinSources.prompt(question -> new char[0]));
    }

    @Test
    void promptWithoutATerminalSaysSo() {
        TokenException e = refused(PinSource.prompt()); // tests run without one
        assertTrue(e.getMessage().contains("no terminal"), e.getMessage());
    }

    @Test
    void callback() throws Exception {
        assertPin(
                SECRET,
                PinSource.callback(
                        asked -> {
                            PasswordCallback question = (PasswordCallback) asked[0];
                            assertEquals("PIN of " + TOKEN + ": ", question.getPrompt());
                            question.setPassword(SECRET.toCharArray());
                        }));
        refused(PinSource.callback(asked -> {}));
        refused(
                PinSource.callback(
                        asked -> {
                            throw new UnsupportedCallbackException(asked[0]);
                        }));
        refused(
                PinSource.callback(
                        asked -> {
                            throw new IOException("window closed");
                        }));
    }

    @Test
    void noneNeedsNoLogin() throws Exception {
        assertNull(PinSource.none().pin(TOKEN));
    }

    @Test
    void rememberingAsksOnceAndForgetsWhenClosed() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CachedPin source =
                PinSource.remembering(
                        token -> {
                            asked.incrementAndGet();
                            return new Pin(SECRET.toCharArray());
                        });
        assertPin(SECRET, source);
        assertPin(SECRET, source);
        assertEquals(1, asked.get());
        source.close();
        source.close();
        refused(source);
        assertEquals(1, asked.get());
    }

    @Test
    void rememberingAsksAgainAfterAFailure() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (CachedPin source =
                PinSource.remembering(
                        token -> {
                            if (asked.incrementAndGet() == 1) {
                                throw new TokenException("not yet");
                            }
                            return new Pin(SECRET.toCharArray());
                        })) {
            refused(source);
            assertPin(SECRET, source);
        }
    }

    @Test
    void givenPinIsCopiedAndForgottenWhenClosed() throws Exception {
        char[] given = SECRET.toCharArray();
        CachedPin source = PinSource.of(given);
        Arrays.fill(given, 'x');
        assertPin(SECRET, source);
        source.close();
        refused(source);
    }

    @Test
    void pinIsWipedAndPrintsNothing() {
        Pin pin = new Pin(SECRET.toCharArray());
        assertEquals("PIN", pin.toString());
        assertArrayEquals(SECRET.getBytes(StandardCharsets.US_ASCII), pin.utf8());
        pin.close();
        pin.close();
        assertThrows(IllegalStateException.class, pin::chars);
        assertThrows(IllegalStateException.class, pin::utf8);
    }

    @Test
    void pinIsUtf8() {
        try (Pin pin = new Pin("pä€\uD83D\uDD11".toCharArray())) {
            assertArrayEquals("pä€\uD83D\uDD11".getBytes(StandardCharsets.UTF_8), pin.utf8());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1\u0000", "1\n", "1\uD83D"})
    void badPinsAreRefused(String pin) {
        assertThrows(IllegalArgumentException.class, () -> new Pin(pin.toCharArray()));
    }

    @ParameterizedTest
    @CsvSource({
        "none, none",
        "prompt, prompt",
        "env:WEB_PIN, environment variable WEB_PIN",
        "file:/run/secrets/pin, PIN file /run/secrets/pin",
        "file:///run/secrets/pin, PIN file /run/secrets/pin",
        "file://localhost/run/secrets/pin, PIN file /run/secrets/pin",
        "file://LocalHost/run/secrets/pin, PIN file /run/secrets/pin",
    })
    void sourcesAreWrittenAsText(String text, String name) {
        PinSource source = PinSource.parse(text);
        assertEquals(name, source.toString());
        String written = Objects.requireNonNull(PinSources.written(source));
        assertEquals(name, PinSource.parse(written).toString());
        assertEquals(written, PinSources.written(PinSource.remembering(source)));
    }

    @Test
    void whatTheProgramGivesIsNotWritten() {
        assertNull(PinSources.written(PinSource.of(SECRET.toCharArray())));
        assertNull(PinSources.written(token -> null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SECRET,
                "",
                "env:",
                "env:73551608",
                "file:",
                "file:73551608",
                "file://host/73551608",
                "file://localhost73551608",
                "file://localhost//73551608",
                "file:/a\u000073551608",
                "None",
                "|/bin/echo 73551608",
                "http://host/73551608",
            })
    void otherTextsAreRefusedWithoutShowingThem(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> PinSource.parse(text));
        assertFalse(trace(e).contains(SECRET), trace(e));
    }

    private Path directory() {
        return Objects.requireNonNull(directory);
    }

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(directory().resolve("pin"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static void assertPin(String expected, PinSource source) throws TokenException {
        try (Pin pin = source.pin(TOKEN)) {
            assertArrayEquals(expected.toCharArray(), Objects.requireNonNull(pin).chars());
        }
    }

    private static TokenException refused(PinSource source) {
        TokenException e = assertThrows(TokenException.class, () -> source.pin(TOKEN));
        assertFalse(trace(e).contains(SECRET), trace(e));
        return e;
    }

    /** What the message says after the name of the token and of the source. */
    private static String reason(PinSource source, String name) {
        String message = String.valueOf(refused(source).getMessage());
        String prefix = TOKEN + ": the " + name + " ";
        assertTrue(message.startsWith(prefix), message);
        return message.substring(prefix.length());
    }

    public static String trace(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
