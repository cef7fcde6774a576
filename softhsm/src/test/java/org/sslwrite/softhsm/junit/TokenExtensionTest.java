package org.sslwrite.softhsm.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.sslwrite.softhsm.SoftwareToken;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@link WithToken} does, seen from outside: JUnit runs the fixtures. */
class TokenExtensionTest {
    /** By the name of a test, or of a class: "passed", or why not. */
    private final Map<String, String> results = new TreeMap<>();

    @BeforeEach
    void requireLibraries() {
        for (SoftwareToken.Kind kind : SoftwareToken.Kind.values()) {
            String reason = SoftwareToken.reasonAgainst(kind);
            assumeTrue(reason == null, reason);
        }
        TokenFixtures.SEEN.clear();
    }

    private void run(Class<?> fixture) {
        TestExecutionListener listener =
                new TestExecutionListener() {
                    @Override
                    public void executionSkipped(TestIdentifier test, String reason) {
                        results.put(test.getDisplayName(), "skipped: " + reason);
                    }

                    @Override
                    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                        if (test.isTest()) {
                            String name = test.getDisplayName().replaceAll("\\(.*", "");
                            results.put(name, outcome(result));
                        }
                    }
                };
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(fixture))
                                .build(),
                        listener);
    }

    private static String outcome(TestExecutionResult result) {
        return result.getThrowable().map(Throwable::toString).orElse("passed");
    }

    private static void assertClosed(SoftwareToken token) {
        Path directory = token.tokenDirectory();
        assertTrue(directory != null && !Files.exists(directory), "is still there");
    }

    @Test
    void aClassHasOneTokenForAllItsTests() {
        run(TokenFixtures.OnClass.class);
        assertEquals(
                Map.of(
                        "first",
                        "passed",
                        "second",
                        "passed",
                        "third",
                        "passed",
                        "withItsOwn",
                        "passed"),
                results);
        SoftwareToken first = TokenFixtures.SEEN.getFirst();
        assertEquals(4, TokenFixtures.SEEN.size());
        TokenFixtures.SEEN.forEach(token -> assertSame(first, token));
        assertClosed(first);
    }

    @Test
    void eachRunOfAMethodHasItsOwn() {
        run(TokenFixtures.OnMethod.class);
        assertEquals(Map.of("first", "passed", "second", "passed"), results);
        assertNotSame(TokenFixtures.SEEN.getFirst(), TokenFixtures.SEEN.getLast());
        TokenFixtures.SEEN.forEach(TokenExtensionTest::assertClosed);
    }

    @Test
    void eachParameterHasItsOwn() {
        run(TokenFixtures.OnParameter.class);
        assertEquals(Map.of("both", "passed"), results);
        TokenFixtures.SEEN.forEach(TokenExtensionTest::assertClosed);
    }

    @Test
    void constructorsAndLifeCycleMethodsHaveTheirOwn() {
        run(TokenFixtures.InLifeCycle.class);
        assertEquals(Map.of("differ", "passed"), results);
        TokenFixtures.SEEN.forEach(TokenExtensionTest::assertClosed);
    }

    @Test
    void withoutTheLibraryOfALifeCycleMethodTheClassIsSkipped() {
        run(TokenFixtures.NowhereInLifeCycle.class);
        assertEquals(
                Map.of("TokenFixtures$NowhereInLifeCycle", "skipped: needs a token: no NSS"),
                results);
        assertEquals(List.of(), TokenFixtures.SEEN);
    }

    @Test
    void withoutTheLibraryTheClassIsSkippedWithTheReason() {
        run(TokenFixtures.Nowhere.class);
        assertEquals(
                Map.of("TokenFixtures$Nowhere", "skipped: needs a token: SOFTHSM is not installed"),
                results);
    }

    @Test
    void withoutTheLibraryOfAParameterOnlyThatMethodIsSkipped() {
        run(TokenFixtures.NowhereOnParameter.class);
        assertEquals("passed", results.get("runs"));
        assertTrue(
                results.toString().contains("skipped: needs a token: no NSS"), results.toString());
        assertEquals(1, TokenFixtures.SEEN.size());
    }

    @Test
    void aParameterOfWhichNobodySaysWhichTokenFails() {
        run(TokenFixtures.WithoutSaying.class);
        assertTrue(
                String.valueOf(results.get("fails")).contains("put @WithToken on"),
                results.toString());
        assertFalse(results.containsValue("passed"));
    }
}
