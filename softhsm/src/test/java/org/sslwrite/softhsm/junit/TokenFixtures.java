package org.sslwrite.softhsm.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.ArrayList;
import java.util.List;

/** Test classes that {@link TokenExtensionTest} lets JUnit run. */
final class TokenFixtures {
    /** The tokens that the tests of a fixture saw. */
    static final List<SoftwareToken> SEEN = new ArrayList<>();

    private TokenFixtures() {}

    @WithToken(Kind.SOFTHSM)
    static class OnClass {
        private final SoftwareToken inConstructor;

        OnClass(SoftwareToken token) {
            inConstructor = token;
        }

        @BeforeAll
        static void beforeAll(SoftwareToken token) {
            SEEN.add(token);
        }

        @Test
        void first(SoftwareToken token, TokenConfig config) {
            SEEN.add(token);
            assertSame(inConstructor, token);
            assertSame(token.config(), config);
        }

        @Test
        void second(SoftwareToken token) {
            SEEN.add(token);
        }

        @Nested
        class Inside {
            @Test
            void third(SoftwareToken token) {
                SEEN.add(token);
            }
        }

        @Test
        @WithToken(Kind.NSS)
        void withItsOwn(SoftwareToken token) {
            assertEquals(Kind.NSS, token.kind());
            assertNotSame(inConstructor, token);
        }
    }

    static class OnMethod {
        @Test
        @WithToken(Kind.SOFTHSM)
        void first(SoftwareToken token, TokenConfig config) {
            SEEN.add(token);
            assertSame(token.config(), config);
        }

        @Test
        @WithToken(Kind.SOFTHSM)
        void second(SoftwareToken token) {
            SEEN.add(token);
        }
    }

    static class OnParameter {
        @Test
        void both(
                @WithToken(Kind.SOFTHSM) SoftwareToken one,
                @WithToken(Kind.SOFTHSM) SoftwareToken two,
                @WithToken(Kind.NSS) TokenConfig nss) {
            SEEN.add(one);
            SEEN.add(two);
            assertNotSame(one, two);
            assertEquals("NSS token \"NSS Generic Crypto Services\"", nss.name());
        }
    }

    @WithToken(Kind.SOFTHSM)
    static class Nowhere {
        @RegisterExtension
        static final TokenExtension NONE = new TokenExtension(kind -> kind + " is not installed");

        @Test
        void neverRuns(SoftwareToken token) {
            SEEN.add(token);
        }
    }

    static class NowhereOnParameter {
        @RegisterExtension
        static final TokenExtension NONE =
                new TokenExtension(kind -> kind == Kind.NSS ? "no NSS" : null);

        @Test
        void neverRuns(@WithToken(Kind.NSS) SoftwareToken token) {
            SEEN.add(token);
        }

        @Test
        void runs(@WithToken(Kind.SOFTHSM) SoftwareToken token) {
            SEEN.add(token);
        }
    }

    static class InLifeCycle {

        private static SoftwareToken forAll;
        private final SoftwareToken inConstructor;

        InLifeCycle(@WithToken(Kind.NSS) SoftwareToken token) {
            inConstructor = token;
        }

        @BeforeAll
        static void beforeAll(@WithToken(Kind.SOFTHSM) SoftwareToken token) {
            forAll = token;
            SEEN.add(token);
        }

        @Test
        void differ() {
            assertEquals(Kind.SOFTHSM, forAll.kind());
            assertEquals(Kind.NSS, inConstructor.kind());
        }
    }

    static class NowhereInLifeCycle {
        @RegisterExtension
        static final TokenExtension NONE =
                new TokenExtension(kind -> kind == Kind.NSS ? "no NSS" : null);

        @BeforeAll
        static void neverRuns(@WithToken(Kind.NSS) SoftwareToken token) {
            SEEN.add(token);
        }

        @Test
        void neverRunsEither() {}
    }

    static class WithoutSaying {
        @RegisterExtension static final TokenExtension EXTENSION = new TokenExtension();

        @Test
        void fails(SoftwareToken token) {
            SEEN.add(token);
        }
    }
}
