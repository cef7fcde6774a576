package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class HandleRegistryTest {
    private final HandleRegistry claims = new HandleRegistry();

    private static final class Owner implements HandleRegistry.Owner {
        private final int generation;
        private boolean lost;

        Owner(HandleRegistry claims) {
            generation = claims.generation();
        }

        @Override
        public void lost() {
            lost = true;
        }

        @Override
        public boolean isRetired() {
            return lost;
        }

        @Override
        public int generation() {
            return generation;
        }
    }

    private final Owner first = new Owner(claims);
    private final Owner second = new Owner(claims);

    @Test
    void eachDropsItsOwnOnce() {
        claims.session(first, 1);
        claims.object(first, 7, 1);
        assertFalse(claims.dropSession(second, 1));
        assertTrue(claims.dropSession(first, 1));
        assertFalse(claims.dropSession(first, 1));
        assertTrue(claims.dropObject(first, 7, 1));
        assertFalse(claims.dropObject(first, 7, 1));
        assertFalse(first.lost);
    }

    @Test
    void aSessionHandleThatComesAgainTakesAllFromItsFirstOwner() {
        claims.session(first, 1);
        claims.session(first, 2);
        claims.object(first, 7, 3);
        claims.session(second, 1);
        assertTrue(first.lost);
        assertFalse(second.lost);
        assertEquals(List.of(), claims.sessions(first));
        assertEquals(0, claims.objectsOf(first));
        assertFalse(claims.dropSession(first, 2), "closing it could close another's");
        assertTrue(claims.dropSession(second, 1));
    }

    @Test
    void anObjectHandleThatComesAgainToo() {
        claims.object(first, 7, 3);
        claims.object(second, 8, 3);
        assertFalse(first.lost, "objects of another slot have numbers of their own");
        claims.object(second, 7, 3);
        assertTrue(first.lost);
    }

    @Test
    void anOwnHandleThatComesAgainProvesTheSame() {
        claims.session(first, 1);
        claims.object(second, 7, 3);
        claims.session(first, 1);
        assertTrue(first.lost);
        assertEquals(List.of(), claims.sessions(first));
        claims.object(second, 7, 3);
        assertTrue(second.lost);
    }

    @Test
    void whoeverIsFromBeforeFinalizeClaimsNothing() {
        claims.session(first, 1);
        assertTrue(claims.loseAll(claims.generation()));
        assertFalse(claims.loseAll(first.generation()), "was long ago");
        assertTrue(first.lost);
        assertFalse(second.lost, "had nothing");
        Owner third = new Owner(claims);
        claims.session(third, 1);
        claims.session(second, 1);
        assertTrue(second.lost);
        assertFalse(third.lost);
        assertTrue(claims.dropSession(third, 1));
    }
}
