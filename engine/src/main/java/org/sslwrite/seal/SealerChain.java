package org.sslwrite.seal;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Engines in the order of preference. The first that can seal the suite is used; the reasons
 * against those before it are kept with the choice. Immutable, safe for use by several threads.
 */
public final class SealerChain {
    private final List<SealerFactory> factories;

    /** Takes the factories in the order of preference. */
    public SealerChain(List<? extends SealerFactory> factories) {
        this.factories = List.copyOf(factories);
    }

    /** Names of the engines, in the order of preference. */
    public List<String> engines() {
        return factories.stream().map(SealerFactory::engine).toList();
    }

    /**
     * A sealer with the account of its choice.
     *
     * @param sealer seals the epoch
     * @param choice why this engine
     */
    public record Chosen(RecordSealer sealer, SealerChoice choice) {}

    /** Which engine would seal such records; null if none can. */
    public @Nullable SealerChoice choiceFor(SealingParameters parameters) {
        List<SealerChoice.PassedOver> passedOver = new ArrayList<>();
        for (SealerFactory factory : factories) {
            String reason = factory.reasonAgainst(parameters);
            if (reason == null) {
                return new SealerChoice(factory.engine(), List.copyOf(passedOver));
            }
            passedOver.add(new SealerChoice.PassedOver(factory.engine(), reason));
        }
        return null;
    }

    /**
     * Makes the sealer of one epoch with the first engine that can.
     *
     * @param keys stays the caller's
     * @throws SealException if no engine can; the message has every reason
     */
    public Chosen create(SealingParameters parameters, TrafficKeys keys) throws SealException {
        List<SealerChoice.PassedOver> passedOver = new ArrayList<>();
        List<SealException> failures = new ArrayList<>();
        for (SealerFactory factory : factories) {
            String reason = factory.reasonAgainst(parameters);
            if (reason == null) {
                try {
                    RecordSealer sealer = factory.create(parameters, keys);
                    return new Chosen(
                            sealer, new SealerChoice(factory.engine(), List.copyOf(passedOver)));
                } catch (SealException e) {
                    reason = String.valueOf(e.getMessage());
                    failures.add(e);
                }
            }
            passedOver.add(new SealerChoice.PassedOver(factory.engine(), reason));
        }
        SealerChoice none = new SealerChoice("none", passedOver);
        SealException refused =
                new SealException("no engine can seal " + parameters.suite() + ": " + none, null);
        failures.forEach(refused::addSuppressed);
        throw refused;
    }
}
