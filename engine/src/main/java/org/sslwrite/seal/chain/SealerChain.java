package org.sslwrite.seal.chain;

import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerChoice;
import org.sslwrite.seal.SealerChoice.PassedOver;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.util.ArrayList;
import java.util.List;

/**
 * Engines in the order of preference. The first that can seal the suite is used; the reasons
 * against those before it are kept with the choice. Safe for use by several threads.
 */
public final class SealerChain {
    private final List<SealerFactory> factories;
    private final @Nullable Breaker breaker;
    private final SealerListener watch;

    /** Takes the factories in the order of preference; a sealer that fails has no standby. */
    public SealerChain(List<? extends SealerFactory> factories) {
        this(factories, null, SealerListener.NOBODY);
    }

    /**
     * Takes the factories in the order of preference.
     *
     * @param breaker keeps new epochs away from the first engine while it fails; with it, an engine
     *     further down takes over when the one that was chosen fails in the middle. Null: a sealer
     *     that fails has no standby
     * @param watch learns what seals and what fails
     */
    public SealerChain(
            List<? extends SealerFactory> factories,
            @Nullable Breaker breaker,
            SealerListener watch) {
        this.factories = List.copyOf(factories);
        this.breaker = breaker;
        this.watch = watch;
    }

    /**
     * A sealer with the account of its choice.
     *
     * @param sealer seals the epoch
     * @param choice why this engine
     * @param standby takes over, with the same keys, if the sealer fails; null if none may
     * @param watch is to be told of the first record, and of a failure
     */
    public record Chosen(
            RecordSealer sealer,
            SealerChoice choice,
            @Nullable RecordSealer standby,
            SealerListener watch) {}

    /** Who learns what seals and what fails. */
    public SealerListener watch() {
        return watch;
    }

    /** Which engine would seal such records, if one can. */
    public SealerChoice choiceFor(SealingParameters parameters) {
        List<PassedOver> passedOver = new ArrayList<>();
        for (SealerFactory factory : factories) {
            String reason = factory.reasonAgainst(parameters);
            if (reason == null) {
                return choice(factory, passedOver);
            }
            passedOver.add(new PassedOver(factory.engine(), reason, false));
        }
        return SealerChoice.none(passedOver);
    }

    /**
     * Makes the sealer of one epoch with the first engine that can.
     *
     * @param keys stays the caller's
     * @throws SealException if no engine can; the message has every reason
     */
    public Chosen create(SealingParameters parameters, TrafficKeys keys) throws SealException {
        List<PassedOver> passedOver = new ArrayList<>();
        List<PassedOver> failed = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (SealerFactory factory : factories) {
            PassedOver objection = objection(factory, parameters);
            if (objection == null) {
                try {
                    RecordSealer sealer = factory.create(parameters, keys);
                    SealerChoice choice = choice(factory, passedOver);
                    reportFailures(failed, choice.engine());
                    return new Chosen(sealer, choice, standbyFor(factory, parameters, keys), watch);
                } catch (SealException | RuntimeException | Error e) {
                    // Native memory may be used up where the heap is not, or code be missing.
                    failures.add(e);
                    objection =
                            new PassedOver(factory.engine(), String.valueOf(e.getMessage()), true);
                    failed.add(objection);
                }
            }
            passedOver.add(objection);
        }
        reportFailures(failed, null);
        SealerChoice none = SealerChoice.none(passedOver);
        SealException refused =
                new SealException("no engine can seal " + parameters.suite() + ": " + none, null);
        failures.forEach(refused::addSuppressed);
        throw refused;
    }

    private SealerChoice choice(SealerFactory chosen, List<PassedOver> passedOver) {
        List<String> notAsked = after(chosen).stream().map(SealerFactory::engine).toList();
        return new SealerChoice(chosen.engine(), List.copyOf(passedOver), notAsked);
    }

    private List<SealerFactory> after(SealerFactory chosen) {
        return factories.subList(factories.indexOf(chosen) + 1, factories.size());
    }

    private @Nullable PassedOver objection(SealerFactory factory, SealingParameters parameters) {
        boolean guarded = breaker != null && factory == factories.getFirst();
        if (guarded && breaker.isWaiting()) {
            return new PassedOver(factory.engine(), breaker.explanation(), true);
        }
        String reason = factory.reasonAgainst(parameters);
        if (reason != null) {
            return new PassedOver(factory.engine(), reason, false);
        }
        // Asked last, because it may make this epoch the trial, which must then take place.
        return guarded && !breaker.admits()
                ? new PassedOver(factory.engine(), breaker.explanation(), true)
                : null;
    }

    private void reportFailures(List<PassedOver> failed, @Nullable String successor) {
        for (PassedOver one : failed) {
            watch.failed(one.engine(), successor, one.reason());
        }
    }

    private @Nullable RecordSealer standbyFor(
            SealerFactory chosen, SealingParameters parameters, TrafficKeys keys) {
        if (breaker == null) {
            return null;
        }
        for (SealerFactory factory : after(chosen)) {
            try {
                if (factory.reasonAgainst(parameters) == null) {
                    return factory.create(parameters, keys);
                }
            } catch (SealException | RuntimeException | Error e) {
                // The next may; without any, a failure of the chosen one ends the connection.
                continue;
            }
        }
        return null;
    }
}
