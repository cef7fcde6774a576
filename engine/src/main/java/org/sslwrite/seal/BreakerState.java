package org.sslwrite.seal;

/** What a breaker does with new epochs, after an engine has failed several times in a row. */
public enum BreakerState {
    /** All may use the engine. */
    CLOSED,
    /** None may. */
    OPEN,
    /** One is on trial, the others may not. */
    HALF_OPEN
}
