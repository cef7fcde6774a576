package org.sslwrite.accel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.chain.SealerChain;
import org.sslwrite.seal.jca.JcaSealerFactory;

import java.security.Security;
import java.util.List;

/** An engine that cannot be trusted says why, makes no sealer, and SunJCE takes its place. */
public final class FallsToSunJce {
    private FallsToSunJce() {}

    public static void assertThat(
            SealerFactory factory, SealingParameters parameters, String reason) {
        String actual = factory.reasonAgainst(parameters);
        assertNotNull(actual, parameters.toString());
        assertTrue(actual.startsWith(reason), actual);
        SealException refused =
                assertThrows(
                        SealException.class,
                        () -> factory.create(parameters, RecordSealerContract.keys(parameters, 1)));
        assertTrue(String.valueOf(refused.getMessage()).endsWith(actual), refused.toString());
        SealerChain chain =
                new SealerChain(
                        List.of(factory, new JcaSealerFactory(Security.getProvider("SunJCE"))));
        SealerChoice choice = chain.choiceFor(parameters);
        assertEquals("SunJCE; not " + factory.engine() + ": " + actual, String.valueOf(choice));
    }
}
