package org.sslwrite.seal;

import java.util.ArrayList;
import java.util.List;

/**
 * Which engine seals, and why the others do not.
 *
 * @param engine the engine that was chosen
 * @param passedOver the engines asked before, each with its reason, in the order of asking
 * @param notAsked the engines that come after it, in the order of preference
 */
public record SealerChoice(String engine, List<PassedOver> passedOver, List<String> notAsked) {
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

    public static SealerChoice none(List<PassedOver> passedOver) {
        return new SealerChoice(NONE, List.copyOf(passedOver), List.of());
    }

    /** Whether there is an engine. */
    public boolean isSealed() {
        return !engine.equals(NONE);
    }

    /** The choice after the engine has failed and another has taken over. */
    public SealerChoice replacedBy(String other, String reason) {
        List<PassedOver> more = new ArrayList<>(passedOver);
        more.add(new PassedOver(engine, reason, true));
        List<String> after = notAsked.subList(notAsked.indexOf(other) + 1, notAsked.size());
        return new SealerChoice(other, List.copyOf(more), List.copyOf(after));
    }

    /** One line: the engine, each engine passed over with its reason, and those that come after. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(engine);
        for (PassedOver other : passedOver) {
            text.append("; not ").append(other.engine).append(": ").append(other.reason);
        }
        if (!notAsked.isEmpty()) {
            text.append("; after it ").append(String.join(", ", notAsked));
        }
        return text.toString();
    }
}
