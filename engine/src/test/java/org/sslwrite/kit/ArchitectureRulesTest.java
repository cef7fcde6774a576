package org.sslwrite.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.kit.ModuleSources.Declaration;
import org.sslwrite.kit.ModuleSources.Kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules find what they are to find in sources made for that. */
class ArchitectureRulesTest {
    @TempDir Path folder;

    @BeforeEach
    void write() throws IOException {
        write("a/One.java", "package a; import b.Two; class One { Two two; /** {@link Six} */ }");
        write("a/Six.java", "package a; import a.One; class Six { Object Two; }");
        write(
                "b/Two.java",
                """
                package b;
                import static c.Three.*;
                import static c.Three.LIMIT;
                class Two {
                    int limit = LIMIT;
                    a.Six six;
                    record Pair(int one, int two) {
                        static int count;
                    }
                    @Deprecated
                    void of(int one) {
                    }
                    Two(String text) {}
                }
                """);
        write("c/Three.java", "package c; class Three { a.One one; static class Two {} Two two; }");
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void namesInCodeCount() {
        assertEquals(
                Map.of(
                        "a.One", Set.of("b.Two"),
                        "a.Six", Set.of(),
                        "b.Two", Set.of("a.Six", "c.Three"),
                        "c.Three", Set.of("a.One")),
                new ModuleSources(folder).namesUsed());
    }

    @Test
    void classesThatUseEachOtherAreAKnot() {
        Map<String, Set<String>> uses = new ModuleSources(folder).namesUsed();
        assertEquals(
                List.of(Set.of("a.One", "b.Two", "c.Three")),
                ArchitectureRules.knotsAbove(2, uses));
        assertEquals(List.of(), ArchitectureRules.knotsAbove(3, uses));
    }

    @Test
    void declarationsAreMeasured() {
        assertEquals(
                List.of(
                        new Declaration("Two.Pair", Kind.RECORD, 3, 2),
                        new Declaration("Two.of", Kind.METHOD, 3, 1),
                        new Declaration("Two.<init>", Kind.CONSTRUCTOR, 1, 1)),
                new ModuleSources(folder).declarations());
    }

    @Test
    void filesAreMeasured() {
        assertEquals(14, new ModuleSources(folder).lines().get(Path.of("b/Two.java")));
    }
}
