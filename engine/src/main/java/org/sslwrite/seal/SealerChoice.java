package org.sslwrite.seal;

import java.util.ArrayList;
import java.util.List;

/**
 * Which engine seals, and why none of those that were asked before it does.
 *
 * @param engine the engine that was chosen
 * @param passedOver the engines asked before, each with its reason, in the order of asking
 */
public record SealerChoice(String engine, List<PassedOver> passedOver) {
    /**
     * An engine that was asked and does not seal.
     *
     * @param engine its name
     * @param reason why it does not seal, for a person
     * @param failed whether it failed, or is kept away because it failed before; otherwise it is
     *     not able to
     */
    public record PassedOver(String engine, String reason, boolean failed) {}

    private static final String NONE = "none";

    static SealerChoice none(List<PassedOver> passedOver) {
        return new SealerChoice(NONE, List.copyOf(passedOver));
    }

    /** Whether there is an engine. */
    public boolean isSealed() {
        return !engine.equals(NONE);
    }

    /** The choice after the engine has failed and another has taken over. */
    public SealerChoice replacedBy(String other, String reason) {
        List<PassedOver> more = new ArrayList<>(passedOver);
        more.add(new PassedOver(engine, reason, true));
        return new SealerChoice(other, List.copyOf(more));
    }

    /** One line: the engine, then each engine passed over with its reason. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(engine);
        for (PassedOver other : passedOver) {
            text.append("; not ").append(other.engine).append(": ").append(other.reason);
        }
        return text.toString();
    }
}
