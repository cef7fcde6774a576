package org.sslwrite.pkcs11.timeout;

import org.sslwrite.pkcs11.TokenException;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A token did not answer within the time that its configuration allows (callTimeout). */
public final class NoAnswerException extends TokenException {
    private static final long serialVersionUID = 1L;

    private final transient BooleanSupplier underWay;

    public NoAnswerException(String what, Duration limit) {
        this(what, limit, () -> false);
    }

    /**
     * @param underWay whether the call is under way still
     */
    public NoAnswerException(String what, Duration limit, BooleanSupplier underWay) {
        super(what + ": no answer within " + seconds(limit) + " s (callTimeout)");
        this.underWay = underWay;
    }

    private NoAnswerException(NoAnswerException same) {
        super(same.getMessage(), same);
        this.underWay = same.underWay;
    }

    /** The same for another thread. */
    public NoAnswerException again() {
        return new NoAnswerException(this);
    }

    /** Whether the call that was given up has not returned to this day. */
    public boolean isUnderWay() {
        return underWay.getAsBoolean();
    }

    private static String seconds(Duration limit) {
        String seconds = Double.toString(limit.toMillis() / 1000.0);
        return seconds.endsWith(".0") ? seconds.substring(0, seconds.length() - 2) : seconds;
    }
}
