package org.sslwrite.pkcs11.key;

import org.sslwrite.pkcs11.TokenException;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Chooses, for one private key, among the mechanisms that make the same signature: the first one
 * that the token lists and that works. Safe for use by several threads.
 */
public final class MechanismChoice {
    private final String key;

    /** By name: those that failed where another one worked. */
    private final Set<String> useless = ConcurrentHashMap.newKeySet();

    /** A mechanism with its parameters, and the key. */
    public interface Mechanism {
        /** As in CKM_RSA_PKCS; what differs for the token has another name. */
        String name();

        /** Whether the token says that it can sign so. */
        boolean isListed() throws TokenException;

        /** The signature as the JCA has it. */
        byte[] sign(byte[] message) throws TokenException;
    }

    /**
     * @param key token and key, for messages
     */
    public MechanismChoice(String key) {
        this.key = key;
    }

    /**
     * The name of the one that will be tried first.
     *
     * @param all that make the same signature, the best first
     */
    public String first(List<? extends Mechanism> all) throws TokenException {
        List<Mechanism> usable = usable(all);
        return (usable.isEmpty() ? all.getFirst() : usable.getFirst()).name();
    }

    /**
     * Signs. A token that lists none of the mechanisms is asked for the first one, once: some list
     * less than they can do.
     *
     * @param all that make the same signature, the best first
     * @throws TokenException of the first one that failed, if none works
     */
    public byte[] sign(List<? extends Mechanism> all, byte[] message) throws TokenException {
        List<Mechanism> usable = usable(all);
        if (usable.isEmpty()) {
            return signUnlisted(all, message);
        }
        List<String> failed = new ArrayList<>();
        TokenException reason = null;
        for (Mechanism mechanism : usable) {
            try {
                byte[] signature = mechanism.sign(message);
                useless.addAll(failed);
                return signature;
            } catch (TokenException e) {
                if (!e.incapable()) {
                    throw e;
                }
                reason = reason == null ? e : reason;
                failed.add(mechanism.name());
            }
        }
        throw Objects.requireNonNull(reason, "one was tried");
    }

    private byte[] signUnlisted(List<? extends Mechanism> all, byte[] message)
            throws TokenException {
        try {
            return all.getFirst().sign(message);
        } catch (TokenException e) {
            if (!e.incapable()) {
                throw e;
            }
            String names = all.stream().map(Mechanism::name).collect(Collectors.joining(", "));
            throw new IncapableException(key + ": the token can sign by none of " + names, e);
        }
    }

    private List<Mechanism> usable(List<? extends Mechanism> all) throws TokenException {
        List<Mechanism> usable = new ArrayList<>();
        for (Mechanism mechanism : all) {
            if (!useless.contains(mechanism.name()) && mechanism.isListed()) {
                usable.add(mechanism);
            }
        }
        return usable;
    }
}
