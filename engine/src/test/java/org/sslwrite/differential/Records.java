package org.sslwrite.differential;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What every case comes to, as recorded: everything that OpenSSL 3.0 does, and of all others where
 * they do something else. So the record of ours lists our deliberate differences from OpenSSL 3.0,
 * fact by fact.
 *
 * <p>A file has the names of cases, one a line, and under them a line that begins with a tab: the
 * facts of these cases. A fact is the number of its step, its name and its value; {@code -} is the
 * value of a fact that is not there.
 */
final class Records {
    private static final String BASE = "3.0";
    private static final String OURS = "ours";
    private static final String SEPARATOR = " | ";

    /** The one fact of a case that a library cannot run: the function that it lacks. */
    private static final String LACKS = "0 lacks";

    private final Map<String, Map<String, String>> base = read(BASE);
    private final Map<String, Map<String, String>> ours = read(OURS);

    /** What ours does. */
    Map<String, String> ours(String name) {
        return changed(base.getOrDefault(name, Map.of()), ours.getOrDefault(name, Map.of()));
    }

    /** What a family that is recorded does. */
    static final class OfFamily {
        private final Records records;
        private final Map<String, Map<String, String>> theirs;
        private final Map<String, Map<String, String>> oursWithIt;

        private OfFamily(Records records, Family family) {
            this.records = records;
            this.theirs = file(family).equals(BASE) ? Map.of() : read(file(family));
            this.oursWithIt = family == Family.LIBRESSL ? read(oursWith(family)) : Map.of();
        }

        /** Whether the family has all functions that the case needs. */
        boolean runs(String name) {
            return !theirs.getOrDefault(name, Map.of()).containsKey(LACKS);
        }

        /** What the family's own connection does in a case that it {@link #runs}. */
        Map<String, String> theirs(String name) {
            return changed(
                    records.base.getOrDefault(name, Map.of()), theirs.getOrDefault(name, Map.of()));
        }

        /**
         * What ours does with a peer of this family: LibreSSL's sends no tickets, knows no
         * encrypt-then-MAC and answers some failures otherwise.
         */
        Map<String, String> ours(String name) {
            return changed(records.ours(name), oursWithIt.getOrDefault(name, Map.of()));
        }
    }

    OfFamily of(Family family) {
        return new OfFamily(this, family);
    }

    private static String file(Family family) {
        return family.toString();
    }

    private static String oursWith(Family family) {
        return OURS + "-with-" + family;
    }

    private static Map<String, String> changed(
            Map<String, String> facts, Map<String, String> changes) {
        Map<String, String> all = new LinkedHashMap<>(facts);
        all.putAll(changes);
        all.values().removeIf("-"::equals);
        return all;
    }

    private static Map<String, String> changes(Map<String, String> from, Map<String, String> to) {
        if (to.containsKey(LACKS)) {
            return to;
        }
        Map<String, String> changes = new LinkedHashMap<>();
        to.forEach(
                (fact, value) -> {
                    if (!value.equals(from.get(fact))) {
                        changes.put(fact, value);
                    }
                });
        from.keySet().stream()
                .filter(fact -> !to.containsKey(fact))
                .forEach(fact -> changes.put(fact, "-"));
        return changes;
    }

    private static Map<String, Map<String, String>> read(String file) {
        try (InputStream in = Records.class.getResourceAsStream(file + ".txt")) {
            return in == null
                    ? Map.of()
                    : parsed(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Map<String, String>> parsed(String text) {
        Map<String, Map<String, String>> records = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("\t")) {
                Map<String, String> facts = facts(line.substring(1));
                names.forEach(name -> records.put(name, facts));
                names.clear();
            } else {
                names.add(line);
            }
        }
        return records;
    }

    private static Map<String, String> facts(String line) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String fact : line.split(" \\| ")) {
            int equals = fact.indexOf('=');
            facts.put(fact.substring(0, equals), fact.substring(equals + 1));
        }
        return facts;
    }

    /** Takes down what cases come to, for the record of one library. */
    static final class Recorder {
        private final Map<String, Map<String, String>> ours = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> theirs = new LinkedHashMap<>();

        void ours(String name, Trace trace) {
            ours.put(name, trace.recorded());
        }

        void theirs(String name, Trace trace) {
            theirs.put(name, trace.recorded());
        }

        void lacks(String name, String function) {
            theirs.put(name, Map.of(LACKS, function));
        }

        /** Writes the files that this library decides. */
        void write(Path folder, Family family) throws IOException {
            Records records = new Records();
            if (family == Family.OPENSSL_3_0) {
                write(folder, BASE, theirs, Map.of());
                write(folder, OURS, ours, theirs);
                return;
            }
            write(folder, file(family), theirs, records.base);
            if (family == Family.LIBRESSL) {
                Map<String, Map<String, String>> usual = new LinkedHashMap<>();
                ours.keySet().forEach(name -> usual.put(name, records.ours(name)));
                write(folder, oursWith(family), ours, usual);
            }
        }

        private static void write(
                Path folder,
                String file,
                Map<String, Map<String, String>> all,
                Map<String, Map<String, String>> from)
                throws IOException {
            Map<String, List<String>> namesOfFacts = new LinkedHashMap<>();
            all.forEach(
                    (name, facts) -> {
                        var changes = changes(from.getOrDefault(name, Map.of()), facts);
                        if (!changes.isEmpty()) {
                            namesOfFacts
                                    .computeIfAbsent(line(changes), line -> new ArrayList<>())
                                    .add(name);
                        }
                    });
            StringBuilder text = new StringBuilder();
            namesOfFacts.forEach(
                    (line, names) -> {
                        names.forEach(name -> text.append(name).append('\n'));
                        text.append('\t').append(line).append('\n');
                    });
            Files.writeString(folder.resolve(file + ".txt"), text);
        }

        private static String line(Map<String, String> facts) {
            return facts.entrySet().stream()
                    .map(fact -> fact.getKey() + "=" + fact.getValue())
                    .collect(Collectors.joining(SEPARATOR));
        }
    }

    /** The families that have a record. */
    static List<Family> families() {
        return Arrays.stream(Family.values()).filter(Family::isRecorded).toList();
    }
}
