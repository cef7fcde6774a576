package org.sslwrite;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arrows of the design's package table, and the habits that a machine can check. */
class ArchitectureTest {
    private static final String ROOT = "org.sslwrite";

    /** The main classes, wherever they lie; none of the tests'. */
    private static final JavaClasses MAIN =
            new ClassFileImporter()
                    .importUrl(Ssl.class.getProtectionDomain().getCodeSource().getLocation());

    /** Which package may import which of the engine. A new package needs a row. */
    private static final Map<String, Set<String>> MAY_IMPORT =
            Map.ofEntries(
                    Map.entry(
                            "",
                            Set.of(
                                    ".event",
                                    ".pkcs11",
                                    ".bio",
                                    ".protocol",
                                    ".record",
                                    ".seal",
                                    ".seal.chain",
                                    ".seal.jca",
                                    ".seal.token",
                                    ".handshake")),
                    Map.entry(".bio", Set.of()),
                    Map.entry(".event", Set.of()),
                    Map.entry(".protocol", Set.of()),
                    Map.entry(".record", Set.of(".protocol", ".seal", ".seal.chain", ".event")),
                    Map.entry(".seal", Set.of(".protocol")),
                    Map.entry(".seal.chain", Set.of(".protocol", ".seal")),
                    Map.entry(".seal.cipher", Set.of(".protocol", ".seal")),
                    Map.entry(".seal.jca", Set.of(".protocol", ".seal", ".seal.cipher")),
                    Map.entry(
                            ".seal.token", Set.of(".protocol", ".seal", ".seal.cipher", ".pkcs11")),
                    Map.entry(
                            ".handshake",
                            Set.of(".protocol", ".seal", ".seal.chain", ".record", ".event")));

    private static final Set<String> EXPORTED =
            Set.of(
                    "org.sslwrite",
                    "org.sslwrite.bio",
                    "org.sslwrite.protocol",
                    "org.sslwrite.seal");

    /** Packages of the JDK that users of a TLS library import, with the dot. */
    private static final List<String> IMPORTED_BESIDE =
            List.of(
                    "java.io.",
                    "java.lang.",
                    "java.net.",
                    "java.nio.",
                    "java.nio.channels.",
                    "java.nio.file.",
                    "java.security.",
                    "java.security.cert.",
                    "java.time.",
                    "java.util.",
                    "java.util.concurrent.",
                    "javax.crypto.",
                    "javax.net.",
                    "javax.net.ssl.");

    private static String room(JavaClass c) {
        String room = c.getPackageName().substring(ROOT.length());
        // Another module, whose own rooms are its own affair.
        return room.startsWith(".pkcs11") ? ".pkcs11" : room;
    }

    private static boolean isOurs(JavaClass c) {
        return c.getPackageName().equals(ROOT) || c.getPackageName().startsWith(ROOT + ".");
    }

    @Test
    void everyClassIsInARoom() {
        assertTrue(MAIN.size() > 50, "the main classes were found");
        for (JavaClass c : MAIN) {
            assertTrue(
                    isOurs(c) && MAY_IMPORT.containsKey(room(c)),
                    () -> c.getName() + " is in no room of the table");
        }
    }

    @Test
    void arrowsPointOneWay() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass c : MAIN) {
            for (Dependency dependency : c.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                boolean allowed =
                        !isOurs(target)
                                || room(target).equals(room(c))
                                || MAY_IMPORT.get(room(c)).contains(room(target));
                if (!allowed) {
                    wrong.add(dependency.getDescription());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void tableHasNoCycle() {
        // What may be imported, and what that may import, never leads back.
        for (String room : MAY_IMPORT.keySet()) {
            Set<String> reached = new TreeSet<>(MAY_IMPORT.get(room));

            int before = -1;
            while (reached.size() > before) {
                before = reached.size();
                Set.copyOf(reached)
                        .forEach(next -> reached.addAll(MAY_IMPORT.getOrDefault(next, Set.of())));
            }
            assertTrue(!reached.contains(room), () -> room + " leads back to itself");
        }
        slices().matching("org.sslwrite.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void enginesDoNotKnowEachOther() {
        slices().matching("org.sslwrite.seal.(jca|token)..")
                .should()
                .notDependOnEachOther()
                .check(MAIN);
    }

    @Test
    void onlyTheHandshakeKnowsBouncyCastlesTls() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.sslwrite.handshake")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.bouncycastle.tls.."));
    }

    @Test
    void recordRoomIsPure() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage("org.sslwrite.record")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "javax..",
                                "java.security..",
                                "java.lang.foreign..",
                                "java.net..",
                                "java.util.concurrent..",
                                "org.bouncycastle.."));
    }

    @Test
    void transportsAndTheSeamKnowNobody() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage("org.sslwrite.bio", "org.sslwrite.seal")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.bouncycastle..", "javax.net.."));
    }

    @Test
    void namesSayWhatAThingIs() {
        check(
                noClasses()
                        .should()
                        .haveNameMatching(".*(Manager|Helper2|Util|Utils|Impl)(\\$.*)?")
                        .because("a name is the field's word for the thing"));
        check(
                classes()
                        .that()
                        .haveSimpleNameEndingWith("Helper")
                        .should()
                        .haveSimpleName("JdkFirstHelper")
                        .because("that one is named after Bouncy Castle's JcaJceHelper"));
    }

    /** One place tells the log what happens to offload; everything else is told to the caller. */
    @Test
    void libraryIsSilent() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(MAIN);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(MAIN);
        check(noClasses().should().callMethod(Throwable.class, "printStackTrace"));
        check(
                noClasses()
                        .that()
                        .doNotHaveSimpleName("OffloadMonitor")
                        .should()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.lang.System$Logger"));
        check(noClasses().should().dependOnClassesThat().resideInAPackage("org.slf4j.."));
    }

    @Test
    void habits() {
        check(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("sun..", "jdk.internal.."));
        check(noClasses().should().dependOnClassesThat().areAssignableTo(ThreadLocal.class));
        check(noClasses().should().callMethod(Thread.class, "sleep", long.class));
        check(noClasses().should().callMethod(System.class, "exit", int.class));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    @Test
    void everyRoomHasItsPackageInfo() throws ClassNotFoundException {
        Set<String> packages =
                MAIN.stream()
                        .map(JavaClass::getPackageName)
                        .collect(Collectors.toCollection(TreeSet::new));
        for (String name : packages) {
            Class<?> info = Class.forName(name + ".package-info");
            assertNotNull(info.getPackage().getAnnotation(NullMarked.class), name);
        }
    }

    @Test
    void moduleExportsThePublicRoomsOnly() throws IOException, URISyntaxException {
        Path classes =
                Path.of(Ssl.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
            ModuleDescriptor module = ModuleDescriptor.read(in);
            assertEquals(ROOT, module.name());
            assertEquals(
                    EXPORTED,
                    module.exports().stream()
                            .filter(exports -> !exports.isQualified())
                            .map(ModuleDescriptor.Exports::source)
                            .collect(Collectors.toSet()));
            assertEquals(Set.of(), module.opens());
        }
    }

    @Test
    void publicApiSpeaksOfPublicTypesOnly() throws ClassNotFoundException {
        Map<String, String> wrong = new TreeMap<>();
        for (JavaClass c : MAIN) {
            Class<?> type = Class.forName(c.getName(), false, Ssl.class.getClassLoader());
            if (EXPORTED.contains(c.getPackageName()) && isVisible(type)) {
                spokenOf(type)
                        .filter(spoken -> !isPublic(spoken))
                        .forEach(spoken -> wrong.put(type.getName(), spoken.getName()));
            }
        }
        assertEquals(Map.of(), wrong);
    }

    /** A user who imports whole packages of the JDK and of ours can name every class of ours. */
    @Test
    void publicNamesAreNotThoseOfTheJdk() {
        List<String> clashes =
                MAIN.stream()
                        .filter(c -> EXPORTED.contains(c.getPackageName()))
                        .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC))
                        .flatMap(c -> IMPORTED_BESIDE.stream().map(p -> p + c.getSimpleName()))
                        .filter(ArchitectureTest::exists)
                        .toList();
        assertEquals(List.of(), clashes);
    }

    private static boolean exists(String name) {
        try {
            Class.forName(name, false, Ssl.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean isVisible(Class<?> type) {
        boolean open =
                Modifier.isPublic(type.getModifiers()) || Modifier.isProtected(type.getModifiers());
        return open && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static Stream<Class<?>> spokenOf(Class<?> type) {
        List<Class<?>> spoken = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) {
            spoken.add(type.getSuperclass());
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isOpen(method.getModifiers()) && !method.isSynthetic()) {
                spoken.add(method.getReturnType());
                spoken.addAll(List.of(method.getParameterTypes()));
                spoken.addAll(List.of(method.getExceptionTypes()));
            }
        }
        for (Constructor<?> made : type.getDeclaredConstructors()) {
            if (isOpen(made.getModifiers())) {
                spoken.addAll(List.of(made.getParameterTypes()));
            }
        }
        if (type.isRecord()) {
            Stream.of(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .forEach(spoken::add);
        }
        return spoken.stream().map(ArchitectureTest::element);
    }

    private static Class<?> element(Class<?> type) {
        return type.isArray() ? element(type.getComponentType()) : type;
    }

    private static boolean isOpen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static boolean isPublic(Class<?> type) {
        String name = type.getPackageName();
        boolean jdk = type.isPrimitive() || name.startsWith("java.") || name.startsWith("javax.");
        // The public rooms of the other module, which this one requires transitively.
        boolean tokens = name.startsWith("org.sslwrite.pkcs11");
        return jdk || tokens && isVisible(type) || EXPORTED.contains(name) && isVisible(type);
    }
}
