package org.sslwrite.probe;

/**
 * How a key of ours is kept in a token.
 *
 * @param isPrivate CKA_PRIVATE: only who has logged in sees it
 * @param isSensitive CKA_SENSITIVE without CKA_EXTRACTABLE: nobody gets it out again
 */
record KeyProtection(boolean isPrivate, boolean isSensitive) {
    @Override
    public String toString() {
        return (isSensitive ? "sensitive, not extractable" : "not sensitive, extractable")
                + (isPrivate ? ", private" : ", not private");
    }
}
