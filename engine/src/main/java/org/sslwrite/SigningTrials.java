package org.sslwrite;

import org.jspecify.annotations.Nullable;
import org.sslwrite.handshake.Credential;
import org.sslwrite.handshake.HandshakeSignature;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.protocol.TlsVersion;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * With which signature schemes a private key signs. Of a key that is not in this process, a token's
 * for instance, that is found out by signatures, one for each form in which the key is asked. Safe
 * for use by several threads.
 */
final class SigningTrials {
    private final PrivateKey key;
    private final @Nullable Provider provider;
    private final PublicKey publicKey;

    /** Those that have signed. */
    private final Set<String> working = new HashSet<>();

    /** Those of which the key's owner says that it cannot sign so, and why. */
    private final Map<String, Failure> incapable = new LinkedHashMap<>();

    /**
     * A signature that was not to be had.
     *
     * @param wrong whether there is one, which the public key does not verify
     */
    record Failure(String scheme, String reason, @Nullable Exception cause, boolean wrong) {}

    SigningTrials(PrivateKey key, @Nullable Provider provider, PublicKey publicKey) {
        this.key = key;
        this.provider = provider;
        this.publicKey = publicKey;
    }

    /** Only a handle to such a key is here, without an encoding. */
    private boolean isElsewhere() {
        return key.getFormat() == null;
    }

    /** The schemes of a version that the key signs with. */
    synchronized List<Integer> schemes(TlsVersion version, Collection<Failure> failures) {
        List<Integer> schemes = Credential.schemesOf(publicKey, version);
        if (!isElsewhere()) {
            return schemes;
        }
        List<Integer> found = new ArrayList<>();
        for (int scheme : schemes) {
            Failure failure = tried(scheme);
            if (failure == null) {
                found.add(scheme);
            } else {
                failures.add(failure);
            }
        }
        return found;
    }

    /**
     * Signs with the first scheme that works.
     *
     * @return why none has; null if one has, and the public key verifies it
     */
    synchronized @Nullable Failure prove() {
        Failure first = null;
        for (TlsVersion version : List.of(TlsVersion.TLSV1_3, TlsVersion.TLSV1_2)) {
            for (int scheme : Credential.schemesOf(publicKey, version)) {
                Failure failure = tried(scheme);
                if (failure == null || failure.wrong() || !isIncapable(failure.cause())) {
                    return failure;
                }
                first = first == null ? failure : first;
            }
        }
        return first;
    }

    private @Nullable Failure tried(int scheme) {
        String form = "";
        String name = "";
        try {
            HandshakeSignature signature = HandshakeSignature.of(scheme);
            name = signature.name();
            form = form(signature);
            if (working.contains(form)) {
                return null;
            }
            Failure known = incapable.get(form);
            if (known != null) {
                return new Failure(name, known.reason(), known.cause(), false);
            }
            if (!signs(signature)) {
                return new Failure(name, "its public key does not verify it", null, true);
            }
            working.add(form);
            return null;
        } catch (GeneralSecurityException | TokenException | RuntimeException e) {
            Failure failure = new Failure(name, reason(e), e, false);
            if (isIncapable(e)) {
                incapable.put(form, failure);
            }
            return failure;
        }
    }

    private String form(HandshakeSignature signature) throws TokenException {
        return key instanceof TokenPrivateKey inToken
                ? inToken.signatureForm(signature.algorithm(), signature.parameters())
                : signature.name();
    }

    private boolean signs(HandshakeSignature signature) throws GeneralSecurityException {
        byte[] challenge = new byte[32];
        new SecureRandom().nextBytes(challenge);
        Signature signer = signature.signing(key, provider);
        signer.update(challenge);
        byte[] signed = signer.sign();
        Signature verifier = signature.verifying(publicKey);
        verifier.update(challenge);
        try {
            return verifier.verify(signed);
        } catch (SignatureException e) {
            return false; // what is no signature at all is not verified either
        }
    }

    /** A token says so; of other keys only what passes by itself is not known to be so. */
    private static boolean isIncapable(@Nullable Exception e) {
        TokenException token = tokenException(e);
        return token == null || token.incapable();
    }

    private static String reason(Exception e) {
        TokenException token = tokenException(e);
        return String.valueOf((token == null ? e : token).getMessage());
    }

    private static @Nullable TokenException tokenException(@Nullable Exception e) {
        if (e instanceof TokenException token) {
            return token;
        }
        return e != null && e.getCause() instanceof TokenException token ? token : null;
    }
}
