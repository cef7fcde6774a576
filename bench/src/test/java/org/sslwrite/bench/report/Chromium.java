package org.sslwrite.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A browser without a window, spoken to through its DevTools protocol. */
final class Chromium {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int SECONDS = 30;
    private static final int SCRIPT_SIZE = 10_000;
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome");

    private final Process process;
    private WebSocket socket;
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<JsonNode> events = new ArrayList<>();
    private String session = "";
    private int id;

    /** The program's file, or null if there is none on the PATH that can see our files. */
    static Path program() {
        return NAMES.stream()
                .flatMap(Chromium::onPath)
                .filter(Files::isExecutable)
                .filter(file -> !isSnap(file))
                .findFirst()
                .orElse(null);
    }

    /**
     * A snap has a folder for temporary files of its own. Ubuntu's package is a script that starts
     * the snap, or asks for it.
     */
    private static boolean isSnap(Path file) {
        try {
            Path real = file.toRealPath();
            return real.getFileName().toString().equals("snap")
                    || real.startsWith("/snap")
                    || Files.size(real) < SCRIPT_SIZE
                            && Files.readString(real, StandardCharsets.ISO_8859_1)
                                    .contains("/snap/bin/");
        } catch (IOException e) {
            return false;
        }
    }

    private static Stream<Path> onPath(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name));
    }

    /** Starts it with an empty page; {@code folder} is for its profile. */
    Chromium(Path program, Path folder) throws IOException, InterruptedException {
        process =
                new ProcessBuilder(
                                program.toString(),
                                "--headless=new",
                                // Its sandbox refuses to run as root, as in a container.
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--no-first-run",
                                "--hide-scrollbars",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + folder,
                                "about:blank")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            socket =
                    client.newWebSocketBuilder()
                            .buildAsync(address(), new Messages())
                            .orTimeout(SECONDS, TimeUnit.SECONDS)
                            .join();
            attach();
        } catch (IOException | RuntimeException e) {
            end();
            throw e;
        }
    }

    /** Reads on behind the line with the address, since a full pipe would stop the browser. */
    private URI address() throws IOException, InterruptedException {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofVirtual().start(() -> drain(process.errorReader(), lines));
        String said = "DevTools listening on ";
        List<String> others = new ArrayList<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            String line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line != null && line.startsWith(said)) {
                return URI.create(line.substring(said.length()));
            }
            if (line != null) {
                others.add(line);
            } else if (!process.isAlive()) {
                break;
            }
        }
        throw new IOException("Chromium did not start: " + others);
    }

    private static void drain(BufferedReader reader, BlockingQueue<String> lines) {
        try (reader) {
            reader.lines().forEach(lines::add);
        } catch (IOException | RuntimeException e) {
            lines.add(String.valueOf(e.getMessage()));
        }
    }

    private void attach() throws IOException, InterruptedException {
        JsonNode target = send("Target.createTarget", "\"url\":\"about:blank\"").get("targetId");
        session =
                send("Target.attachToTarget", "\"targetId\":" + target + ",\"flatten\":true")
                        .get("sessionId")
                        .textValue();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", "");
        }
    }

    /** Opens a page, and forgets the events of the one before. */
    void open(URI page, int width, int height, String scheme)
            throws IOException, InterruptedException {
        events.clear();
        send(
                "Emulation.setDeviceMetricsOverride",
                "\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,\"mobile\":%b"
                        .formatted(width, height, width < 600));
        send(
                "Emulation.setEmulatedMedia",
                "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]");
        send("Page.navigate", "\"url\":" + quoted(page.toString()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (events("Page.loadEventFired").isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IOException(page + " was not loaded");
            }
            receive();
        }
    }

    /** What an expression in the page yields. */
    JsonNode evaluate(String expression) throws IOException, InterruptedException {
        JsonNode answer =
                send(
                        "Runtime.evaluate",
                        "\"returnByValue\":true,\"expression\":" + quoted(expression));
        if (answer.has("exceptionDetails")) {
            throw new IOException(answer.toString());
        }
        return answer.at("/result/value");
    }

    /** The whole page as a PNG. */
    byte[] screenshot() throws IOException, InterruptedException {
        JsonNode answer = send("Page.captureScreenshot", "\"captureBeyondViewport\":true");
        return answer.get("data").binaryValue();
    }

    /** The events of a kind since the page was opened. */
    List<JsonNode> events(String method) {
        return events.stream()
                .filter(event -> method.equals(event.path("method").textValue()))
                .map(event -> event.get("params"))
                .toList();
    }

    private JsonNode send(String method, String params) throws IOException, InterruptedException {
        int number = ++id;
        String at = session.isEmpty() ? "" : ",\"sessionId\":\"" + session + "\"";
        socket.sendText(
                        "{\"id\":%d,\"method\":\"%s\",\"params\":{%s}%s}"
                                .formatted(number, method, params, at),
                        true)
                .orTimeout(SECONDS, TimeUnit.SECONDS)
                .join();
        while (true) {
            JsonNode message = receive();
            if (message.path("id").intValue() == number) {
                if (message.has("error")) {
                    throw new IOException(method + ": " + message.get("error"));
                }
                return message.get("result");
            }
        }
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }

    /** The next message, kept if it is an event. */
    private JsonNode receive() throws IOException, InterruptedException {
        String text = messages.poll(SECONDS, TimeUnit.SECONDS);
        if (text == null) {
            throw new IOException("Chromium says nothing any more");
        }
        JsonNode message = MAPPER.readTree(text);
        if (message.has("method")) {
            events.add(message);
        }
        return message;
    }

    /** Ends the browser, and with it the processes that it started. */
    void end() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        if (socket != null) {
            // It then removes what it has put into the folder for temporary files.
            socket.sendText("{\"id\":0,\"method\":\"Browser.close\"}", true);
        }
        if (socket == null || !process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroy();
        }
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
        children.forEach(ProcessHandle::destroyForcibly);
        client.shutdownNow();
    }

    /** Puts the parts of a message together. */
    private final class Messages implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            parts.append(part);
            if (last) {
                messages.add(parts.toString());
                parts.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
