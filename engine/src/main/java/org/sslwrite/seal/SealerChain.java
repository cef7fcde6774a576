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
    private final boolean standbyAllowed;

    /** Takes the factories in the order of preference; a sealer that fails has no standby. */
    public SealerChain(List<? extends SealerFactory> factories) {
        this(factories, false);
    }

    /**
     * Takes the factories in the order of preference.
     *
     * @param standbyAllowed whether an engine further down may take over when the one that was
     *     chosen fails in the middle
     */
    public SealerChain(List<? extends SealerFactory> factories, boolean standbyAllowed) {
        this.factories = List.copyOf(factories);
        this.standbyAllowed = standbyAllowed;
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
     * @param standby takes over, with the same keys, if the sealer fails; null if none may
     */
    public record Chosen(
            RecordSealer sealer, SealerChoice choice, @Nullable RecordSealer standby) {}

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
        List<Exception> failures = new ArrayList<>();
        for (SealerFactory factory : factories) {
            String reason = factory.reasonAgainst(parameters);
            if (reason == null) {
                try {
                    RecordSealer sealer = factory.create(parameters, keys);
                    SealerChoice choice =
                            new SealerChoice(factory.engine(), List.copyOf(passedOver));
                    return new Chosen(sealer, choice, standbyFor(factory, parameters, keys));
                } catch (SealException | RuntimeException e) {
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

    private @Nullable RecordSealer standbyFor(
            SealerFactory chosen, SealingParameters parameters, TrafficKeys keys) {
        if (!standbyAllowed) {
            return null;
        }
        List<SealerFactory> after =
                factories.subList(factories.indexOf(chosen) + 1, factories.size());
        for (SealerFactory factory : after) {
            try {
                if (factory.reasonAgainst(parameters) == null) {
                    return factory.create(parameters, keys);
                }
            } catch (SealException | RuntimeException e) {
                // The next may; without any, a failure of the chosen one ends the connection.
                continue;
            }
        }
        return null;
    }
}
