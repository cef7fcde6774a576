package org.sslwrite.seal.jca;

import org.jspecify.annotations.Nullable;
import org.sslwrite.protocol.BulkCipher;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.protocol.MacAlgorithm;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sealers over one JCA provider. Before a cipher or MAC of the provider is used it must reproduce
 * published test vectors; what it says of itself is not enough.
 */
public final class JcaSealerFactory implements SealerFactory {
    private final Provider provider;
    private final Map<CipherSuite, Optional<String>> verdicts = new ConcurrentHashMap<>();

    /**
     * @param provider need not be registered with {@link java.security.Security}
     */
    public JcaSealerFactory(Provider provider) {
        this.provider = provider;
    }

    @Override
    public String engine() {
        return provider.getName();
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        return verdicts.computeIfAbsent(parameters.suite(), this::examine).orElse(null);
    }

    private Optional<String> examine(CipherSuite suite) {
        try {
            KnownAnswers.check(provider, suite.bulkCipher());
            if (suite.mac() != MacAlgorithm.AEAD) {
                KnownAnswers.check(provider, suite.mac());
            }
            return Optional.empty();
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            // LinkageError: a provider without its native library.
            return Optional.of(words(e));
        }
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        String reason = reasonAgainst(parameters);
        if (reason != null) {
            throw new SealException(
                    engine() + " cannot seal " + parameters.suite() + ": " + reason, null);
        }
        keys.requireLengthsFor(parameters);
        try {
            return parameters.suite().bulkCipher().isAead()
                    ? new JcaAeadSealer(provider, parameters, keys)
                    : new JcaCbcSealer(provider, parameters, keys);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new SealException(
                    engine() + " cannot seal " + parameters.suite() + ": " + words(e), e);
        }
    }

    static String words(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    static String transformation(BulkCipher cipher) {
        return switch (cipher) {
            case AES_128_GCM, AES_256_GCM -> "AES/GCM/NoPadding";
            case CHACHA20_POLY1305 -> "ChaCha20-Poly1305";
            case AES_128_CBC, AES_256_CBC -> "AES/CBC/NoPadding";
        };
    }
}
