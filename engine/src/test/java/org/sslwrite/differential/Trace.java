package org.sslwrite.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What was observed while a case ran: facts, in the order in which they were seen, each under the
 * name of its step and its own.
 */
final class Trace {
    private final Map<String, String> facts = new LinkedHashMap<>();
    private String step = "";

    /** What is noted from now on belongs to this step. */
    void step(int number, String label) {
        step = number + " " + label;
    }

    void note(String name, Object value) {
        facts.put(step + " · " + name, String.valueOf(value));
    }

    Map<String, String> facts() {
        return facts;
    }

    /** A fact that two traces do not share. */
    record Difference(String fact, String ours, String theirs) {}

    static List<Difference> differences(Trace ours, Trace theirs) {
        List<Difference> found = new ArrayList<>();
        for (String fact : namesOf(ours, theirs)) {
            String here = ours.facts.getOrDefault(fact, "-");
            String there = theirs.facts.getOrDefault(fact, "-");
            if (!here.equals(there)) {
                found.add(new Difference(fact, here, there));
            }
        }
        return found;
    }

    private static List<String> namesOf(Trace ours, Trace theirs) {
        List<String> names = new ArrayList<>(ours.facts.keySet());
        TreeSet<String> others = new TreeSet<>(theirs.facts.keySet());
        ours.facts.keySet().forEach(others::remove);
        names.addAll(others);
        return names;
    }

    /** Both side by side; a line that begins with ≠ is a difference. */
    static String sideBySide(Trace ours, Trace theirs) {
        StringBuilder table = new StringBuilder();
        table.append(String.format("  %-60s %-42s %s%n", "", "ours", "OpenSSL"));
        for (String fact : namesOf(ours, theirs)) {
            String here = ours.facts.getOrDefault(fact, "-");
            String there = theirs.facts.getOrDefault(fact, "-");
            table.append(
                    String.format(
                            "%s %-60s %-42s %s%n",
                            here.equals(there) ? " " : "≠", fact, here, there));
        }
        return table.toString();
    }
}
