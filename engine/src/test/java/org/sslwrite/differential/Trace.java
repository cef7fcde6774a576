package org.sslwrite.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** The facts as {@link Records} name them: without the words of the step. */
    Map<String, String> recorded() {
        Map<String, String> recorded = new LinkedHashMap<>();
        facts.forEach((fact, value) -> recorded.put(shortName(fact), value));
        return recorded;
    }

    private static String shortName(String fact) {
        return fact.substring(0, fact.indexOf(' ')) + fact.substring(fact.lastIndexOf("· ") + 1);
    }

    /**
     * What differs between facts of a case that are recorded, or are as {@link #recorded} has them.
     */
    static List<Difference> differences(
            Script script, Map<String, String> ours, Map<String, String> theirs) {
        Set<String> names = new LinkedHashSet<>(ours.keySet());
        names.addAll(theirs.keySet());
        return names.stream()
                .map(
                        name ->
                                new Difference(
                                        longName(script, name),
                                        ours.getOrDefault(name, "-"),
                                        theirs.getOrDefault(name, "-")))
                .filter(found -> !found.ours.equals(found.theirs))
                .toList();
    }

    private static String longName(Script script, String name) {
        int space = name.indexOf(' ');
        int number = Integer.parseInt(name.substring(0, space));
        List<Step> steps = script.steps();
        String label = number > steps.size() ? "end" : steps.get(number - 1).label();
        return number + " " + label + " ·" + name.substring(space);
    }

    /** A fact that two traces do not share. */
    record Difference(String fact, String ours, String theirs) {}

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
