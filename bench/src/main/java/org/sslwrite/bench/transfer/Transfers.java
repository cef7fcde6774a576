package org.sslwrite.bench.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.jspecify.annotations.Nullable;
import org.sslwrite.bench.engine.AbsentException;
import org.sslwrite.bench.fork.Child;
import org.sslwrite.bench.result.Samples;
import org.sslwrite.bench.yardstick.Program;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the transfers of every sender, each in JVMs of its own, in rounds that alternate; prints
 * a table of processor seconds a gigabyte.
 */
public final class Transfers {
    /** Bytes of the writes that are measured. */
    public static final List<Integer> SIZES = List.of(16 * 1024, 64 * 1024, 1024 * 1024);

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final double GIGABYTE = 1e9;

    private final List<Integer> sizes;
    private final long warmUp;
    private final long bytes;
    private final int rounds;
    private final PrintStream err;
    private final Map<Cell, Figures> all = new LinkedHashMap<>();
    private final Map<SenderName, String> absent = new LinkedHashMap<>();
    private boolean failed;

    /**
     * One that is measured.
     *
     * @param size bytes of one write
     */
    private record Cell(SenderName sender, boolean isServer, int size) {}

    /** Seconds a gigabyte: of the writing end, of the reading end, and by the clock. */
    private record Figures(List<Double> cpu, List<Double> reader, List<Double> wall) {
        Figures() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /**
     * Measures nothing yet.
     *
     * @param sizes of the writes, in bytes
     * @param warmUp bytes that are sent before those that are measured
     * @param bytes of each transfer
     * @param err for what is under way
     */
    public Transfers(List<Integer> sizes, long warmUp, long bytes, int rounds, PrintStream err) {
        this.sizes = sizes;
        this.warmUp = warmUp;
        this.bytes = bytes;
        this.rounds = rounds;
        this.err = err;
    }

    /** Measures everything. */
    public void run() throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (int size : sizes) {
                for (boolean isServer : new boolean[] {true, false}) {
                    for (SenderName sender : SenderName.values()) {
                        run(new Cell(sender, isServer, size), round);
                    }
                }
            }
        }
    }

    /** Whether some sender has failed, other than by not being there. */
    public boolean hasFailed() {
        return failed;
    }

    private void run(Cell cell, int round) throws IOException, InterruptedException {
        if (absent.containsKey(cell.sender)) {
            return;
        }
        err.printf(
                "round %d of %d: %s as the %s, writes of %d bytes%n",
                round, rounds, cell.sender, role(cell.isServer), cell.size);
        try {
            take(cell, Program.run(command(cell), Map.of(), new byte[0], LIMIT).out());
        } catch (AbsentException e) {
            failed = true;
            absent.put(cell.sender, AbsentException.words(e));
        }
    }

    private List<String> command(Cell cell) {
        return Child.command(
                TransferMain.class,
                List.of(),
                cell.sender.name(),
                role(cell.isServer),
                Integer.toString(cell.size),
                Long.toString(warmUp),
                Long.toString(bytes));
    }

    private static String role(boolean isServer) {
        return isServer ? "server" : "client";
    }

    private void take(Cell cell, String said) {
        String reason = after(said, "absent ");
        if (reason != null) {
            absent.put(cell.sender, reason);
            return;
        }
        Figures figures = all.computeIfAbsent(cell, c -> new Figures());
        add(figures.cpu, after(said, "cpu "));
        add(figures.reader, after(said, "reader "));
        add(figures.wall, after(said, "wall "));
    }

    private static @Nullable String after(String said, String word) {
        return said.lines()
                .filter(line -> line.startsWith(word))
                .findFirst()
                .map(line -> line.substring(word.length()))
                .orElse(null);
    }

    private void add(List<Double> figures, @Nullable String nanoseconds) {
        if (nanoseconds != null) {
            figures.add(Long.parseLong(nanoseconds) / 1e9 * GIGABYTE / bytes);
        }
    }

    /** For a terminal, in lines that end with a line feed. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("Processor seconds a GB (user and system) of the writing end: TLS 1.3,")
                .append(" AES-128-GCM, loopback TCP;\nin brackets those of the reading end,")
                .append(" always JSSE. Medians.\n\n");
        text.append(String.format(Locale.ROOT, "%-24s", "bytes a write, role"));
        for (int size : sizes) {
            for (boolean isServer : new boolean[] {true, false}) {
                String head = size / 1024 + "K " + role(isServer);
                text.append(String.format(Locale.ROOT, "  %14s", head));
            }
        }
        for (SenderName sender : SenderName.values()) {
            if (!absent.containsKey(sender)) {
                text.append(String.format(Locale.ROOT, "%n%-24s", sender));
                for (int size : sizes) {
                    text.append(cell(new Cell(sender, true, size)));
                    text.append(cell(new Cell(sender, false, size)));
                }
            }
        }
        text.append("\n\n");
        ratios().forEach(
                        (name, ratio) ->
                                text.append(
                                        String.format(Locale.ROOT, "%-40s %.2f%n", name, ratio)));
        absent.forEach(
                (sender, reason) ->
                        text.append("not measured: ")
                                .append(sender)
                                .append(": ")
                                .append(reason.replaceAll("\\p{Cntrl}+", " "))
                                .append('\n'));
        return text.toString();
    }

    private String cell(Cell cell) {
        Figures figures = all.get(cell);
        return figures == null
                ? String.format(Locale.ROOT, "  %14s", "-")
                : String.format(
                        Locale.ROOT,
                        "  %6.3f (%5.3f)",
                        Samples.median(figures.cpu),
                        Samples.median(figures.reader));
    }

    /** The better netty's processor time by that of our best; larger is better for us. */
    private Map<String, Double> ratios() {
        Map<String, Double> ratios = new LinkedHashMap<>();
        for (int size : sizes) {
            double ours = best(size, true);
            double theirs = best(size, false);
            if (Double.isFinite(ours) && Double.isFinite(theirs)) {
                ratios.put(
                        "cpu_per_gb_%dk_vs_netty_tcnative".formatted(size / 1024), theirs / ours);
            }
        }
        return ratios;
    }

    /** The mean of both roles, of the sender that has the lowest. */
    private double best(int size, boolean ours) {
        return Arrays.stream(SenderName.values())
                .filter(sender -> ours ? sender.isOurs() : sender.isNetty())
                .filter(sender -> !absent.containsKey(sender))
                .filter(sender -> all.containsKey(new Cell(sender, true, size)))
                .filter(sender -> all.containsKey(new Cell(sender, false, size)))
                .mapToDouble(sender -> (cpu(sender, true, size) + cpu(sender, false, size)) / 2)
                .min()
                .orElse(Double.NaN);
    }

    private double cpu(SenderName sender, boolean isServer, int size) {
        return Samples.median(all.get(new Cell(sender, isServer, size)).cpu);
    }

    /** The same as JSON, in one line. */
    public String json() throws JsonProcessingException {
        List<Map<String, Object>> rows = new ArrayList<>();
        all.forEach(
                (cell, figures) -> {
                    Map<String, Object> row = new LinkedHashMap<>();
                    row.put("sender", cell.sender.toString());
                    row.put("role", role(cell.isServer));
                    row.put("size", cell.size);
                    row.put("cpu_seconds_per_gb", figures.cpu);
                    row.put("reader_cpu_seconds_per_gb", figures.reader);
                    row.put("seconds_per_gb", figures.wall);
                    rows.add(row);
                });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ratios", ratios());
        json.put("transfers", rows);
        json.put("absent", absent);
        return new JsonMapper().writeValueAsString(json) + "\n";
    }
}
