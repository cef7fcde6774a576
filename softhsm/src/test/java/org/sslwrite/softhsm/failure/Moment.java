package org.sslwrite.softhsm.failure;

import org.sslwrite.OffloadPolicy;

import java.util.Arrays;
import java.util.List;

/** When a token breaks. */
enum Moment {
    BEFORE_HANDSHAKE,
    /** Its keys are in the token, and none of its records is sealed. */
    IN_HANDSHAKE,
    FIRST_RECORD,
    /** Three records of the write are sealed, in the same batch. */
    MIDDLE_OF_WRITE,
    /** As before; the next record has bytes of two buffers. */
    GATHERED_WRITE,
    BETWEEN_WRITES,
    /** A KeyUpdate is owed; it is the next record. */
    KEY_UPDATE;

    boolean isAfterHandshake() {
        return this != BEFORE_HANDSHAKE && this != IN_HANDSHAKE;
    }

    /** Whether it breaks the epoch of application data, and no other is needed after that. */
    boolean isWithinEpoch() {
        return isAfterHandshake() && this != KEY_UPDATE;
    }

    /**
     * Those under which the token has something to do then: TLS 1.3's handshake only if it must.
     */
    List<OffloadPolicy> policies(Family family) {
        return this == IN_HANDSHAKE && family.isTls13()
                ? List.of(OffloadPolicy.TOKEN_STRICT)
                : List.of(OffloadPolicy.TOKEN_ONLY, OffloadPolicy.TOKEN_PREFERRED);
    }

    static List<Moment> of(Family family) {
        return Arrays.stream(values())
                .filter(moment -> family.isTls13() || moment != KEY_UPDATE)
                .toList();
    }
}
