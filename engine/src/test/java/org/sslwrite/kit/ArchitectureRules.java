package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.sslwrite.kit.ModuleSources.Declaration;
import org.sslwrite.kit.ModuleSources.Kind;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * The rules of layout and size that a module's {@code ArchitectureTest} applies: one-way arrows
 * between packages, no cycles, no knots of classes, no oversized files, methods and constructors.
 *
 * <p>A module needs the engine's test-jar and {@code archunit-junit5} in scope test. Every method
 * throws an {@link AssertionError} that lists all offenders.
 */
public final class ArchitectureRules {
    private final String root;
    private final JavaClasses classes;
    private final ModuleSources sources;

    private ArchitectureRules(String root, JavaClasses classes, ModuleSources sources) {
        this.root = root;
        this.classes = classes;
        this.sources = sources;
    }

    /**
     * The rules for one module.
     *
     * @param root the name that all its packages begin with
     * @param member any main class of the module: tells where its class files and its sources are,
     *     so a test may check another module too
     */
    public static ArchitectureRules of(String root, Class<?> member) {
        try {
            Path location =
                    Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
            return new ArchitectureRules(
                    root, classes(location), new ModuleSources(sources(location)));
        } catch (URISyntaxException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** From a folder of class files, or from the jar made of them. */
    private static JavaClasses classes(Path location) throws IOException {
        ClassFileImporter importer = new ClassFileImporter();
        if (Files.isDirectory(location)) {
            return importer.importPath(location);
        }
        try (JarFile jar = new JarFile(location.toFile())) {
            return importer.importJar(jar);
        }
    }

    private static Path sources(Path location) {
        for (Path folder = location; folder != null; folder = folder.getParent()) {
            Path sources = folder.resolve("src/main/java");
            if (Files.isDirectory(sources)) {
                return sources;
            }
        }
        throw new AssertionError("no src/main/java above " + location);
    }

    /** The module's main classes, for rules of its own. */
    public JavaClasses classes() {
        return classes;
    }

    /**
     * Holds the table of packages: every package has a row, every row a package, no class depends
     * on a package that its row does not name, and the table has no cycle.
     *
     * @param mayUse for each package the others that it may use, all relative to the root, as in
     *     {@code ".option"}, and "" for the root itself. A name that has no row stands for a
     *     package of another module below the same root, with all that is under it
     */
    public void packagesUseOnly(Map<String, Set<String>> mayUse) {
        assertEquals(
                new TreeSet<>(mayUse.keySet()),
                classes.stream()
                        .map(c -> relative(c.getPackageName()))
                        .collect(Collectors.toCollection(TreeSet::new)),
                "the table's packages and the module's");
        List<String> wrong = new ArrayList<>();
        for (JavaClass c : classes) {
            String from = relative(c.getPackageName());
            for (Dependency dependency : c.getDirectDependenciesFromSelf()) {
                String to = row(dependency.getTargetClass().getPackageName(), mayUse);
                if (to != null && !to.equals(from) && !mayUse.get(from).contains(to)) {
                    wrong.add(dependency.getDescription());
                }
            }
        }
        assertEquals(List.of(), wrong, "dependencies that the table of packages does not allow");
        mayUse.keySet()
                .forEach(
                        name ->
                                assertEquals(
                                        false,
                                        reachable(name, mayUse).contains(name),
                                        () -> "the table leads from " + name + " back to it"));
    }

    private String relative(String packageName) {
        return isBelowRoot(packageName)
                ? packageName.substring(root.length())
                : "(not below " + root + ") " + packageName;
    }

    private boolean isBelowRoot(String packageName) {
        return packageName.equals(root) || packageName.startsWith(root + ".");
    }

    /** The name in the table that stands for a package; null for a package of no concern. */
    private @Nullable String row(String packageName, Map<String, Set<String>> mayUse) {
        if (!isBelowRoot(packageName)) {
            return null;
        }
        String name = relative(packageName);
        return mayUse.containsKey(name)
                ? name
                : mayUse.values().stream()
                        .flatMap(Collection::stream)
                        .filter(other -> !mayUse.containsKey(other))
                        .filter(other -> name.equals(other) || name.startsWith(other + "."))
                        .findFirst()
                        .orElse(name);
    }

    /** No packages depend on each other in a circle. */
    public void packagesHaveNoCycles() {
        Map<String, Set<String>> uses = new TreeMap<>();
        classes.forEach(c -> uses.put(c.getPackageName(), new TreeSet<>()));
        for (JavaClass c : classes) {
            c.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getPackageName())
                    .filter(name -> !name.equals(c.getPackageName()))
                    .forEach(uses.get(c.getPackageName())::add);
        }
        uses.values().forEach(used -> used.retainAll(uses.keySet()));
        assertEquals(List.of(), knotsAbove(0, uses), "packages that use each other");
    }

    /** Every package has a {@code package-info} that is {@link NullMarked}. */
    public void packagesAreNullMarked() {
        Set<String> names = new TreeSet<>();
        classes.forEach(c -> names.add(c.getPackageName()));
        classes.stream()
                .filter(c -> c.getSimpleName().equals("package-info"))
                .filter(c -> c.isAnnotatedWith(NullMarked.class))
                .forEach(c -> names.remove(c.getPackageName()));
        assertEquals(Set.of(), names, "packages without a package-info that is @NullMarked");
    }

    /**
     * No knot has more classes than this: classes of which each uses each other, directly or
     * through others. What counts are names in the source; a nested class counts as its outermost.
     */
    public void knotsHaveAtMost(int most) {
        assertEquals(List.of(), knotsAbove(most, sources.namesUsed()), "knots above " + most);
    }

    static List<Set<String>> knotsAbove(int most, Map<String, Set<String>> uses) {
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(name -> reached.put(name, reachable(name, uses)));
        Set<String> seen = new HashSet<>();
        List<Set<String>> knots = new ArrayList<>();
        for (String name : uses.keySet()) {
            Set<String> knot = new TreeSet<>(reached.get(name));
            knot.removeIf(other -> !reached.get(other).contains(name));
            if (knot.size() > most && seen.addAll(knot)) {
                knots.add(knot);
            }
        }
        return knots;
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> uses) {
        Set<String> reached = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.get(from));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                open.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }

    /** No source file has more lines than this. */
    public void filesHaveAtMost(int lines) {
        Map<Path, Integer> wrong = new TreeMap<>(sources.lines());
        wrong.values().removeIf(length -> length <= lines);
        assertEquals(Map.of(), wrong, "files above " + lines + " lines");
    }

    /** No method or constructor has more lines than this, from its first annotation to its end. */
    public void methodsHaveAtMost(int lines) {
        List<String> wrong =
                sources.declarations().stream()
                        .filter(d -> d.kind() != Kind.RECORD && d.lines() > lines)
                        .map(d -> d.name() + ": " + d.lines() + " lines")
                        .toList();
        assertEquals(List.of(), wrong, "methods above " + lines + " lines");
    }

    /**
     * No constructor and no record has more parameters than this, but for the named classes.
     *
     * @param plainData simple names of classes that only carry values, with their outer classes, as
     *     in {@code Report.Row}; one that does not need the exception is refused
     */
    public void constructorsHaveAtMost(int parameters, String... plainData) {
        Set<String> wrong =
                sources.declarations().stream()
                        .filter(d -> d.kind() != Kind.METHOD && d.parameters() > parameters)
                        .map(ArchitectureRules::type)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                new TreeSet<>(Set.of(plainData)),
                wrong,
                "plain data, and classes with more than " + parameters + " positional parameters");
    }

    private static String type(Declaration declaration) {
        return declaration.kind() == Kind.RECORD
                ? declaration.name()
                : declaration.name().substring(0, declaration.name().lastIndexOf('.'));
    }
}
