package org.sslwrite.softhsm.failure;

import org.sslwrite.pkcs11.TokenEngine;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.ArrayList;
import java.util.List;

/** A token, and the way to it. */
record Way(Kind kind, TokenEngine engine) {
    static List<Way> all() {
        List<Way> ways = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (TokenEngine engine : TokenEngine.values()) {
                ways.add(new Way(kind, engine));
            }
        }
        return ways;
    }

    @Override
    public String toString() {
        return kind + " by " + engine;
    }
}
