package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;

import java.time.Duration;
import java.util.Collection;

/**
 * Sealers in one token. Before its first record of a suite the token must pass a test; whether it
 * can do the suite is then known for good, while a token that cannot be reached is asked again. The
 * first records of each key are opened in software before they are sent.
 */
public final class TokenSealerFactory implements SealerFactory {
    /** For so long a token that could not be reached is not asked what it can do. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final TokenConfig config;
    private final TokenKeys token;
    private final SealingThread.Pool threads;
    private final boolean isAlwaysLimited;
    private final Abilities abilities;
    private volatile @Nullable Long unreachableSince;

    private TokenSealerFactory(TokenConfig config, TokenKeys token) {
        this.config = config;
        this.token = token;
        this.abilities = new Abilities(config, token);
        this.threads = new SealingThread.Pool(config.name() + ", a record", config.callTimeout());
        this.isAlwaysLimited = config.isCallTimeoutChosen() && config.callTimeout().isPositive();
    }

    /** Over the token's C API. The connection stays the caller's to close, after every sealer. */
    public static TokenSealerFactory over(TokenConfig config, TokenConnection connection) {
        return new TokenSealerFactory(config, new CryptokiKeys(connection));
    }

    /** Over SunPKCS11. It stays the caller's to close, after every sealer. */
    public static TokenSealerFactory over(TokenConfig config, SunPkcs11 sun) {
        return new TokenSealerFactory(
                config, new SunKeys(config.name(), config.callTimeout(), sun));
    }

    @Override
    public String engine() {
        return config.name();
    }

    @Override
    public void requireAvailable() throws SealException {
        try {
            abilities.open();
            unreachableSince = null;
        } catch (TokenException e) {
            unreachableSince = System.nanoTime();
            throw new SealException(String.valueOf(e.getMessage()), e, false);
        }
    }

    @Override
    public void prepare(Collection<SealingParameters> parameters) throws SealException {
        requireAvailable();
        abilities.learn(parameters.stream().map(SealingParameters::suite).toList());
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        SuiteVerdict known = abilities.known(parameters.suite());
        if (known != null) {
            return known.reason();
        }
        Long since = unreachableSince;
        if (since != null && System.nanoTime() - since < PAUSE_NANOS) {
            return null;
        }
        try {
            requireAvailable();
            return verdict(parameters.suite()).reason();
        } catch (SealException e) {
            return null;
        }
    }

    /**
     * @throws SealException if the token cannot tell now
     */
    private SuiteVerdict verdict(CipherSuite suite) throws SealException {
        try {
            return abilities.of(suite);
        } catch (TokenException e) {
            throw new SealException(String.valueOf(e.getMessage()), e, false);
        }
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        keys.requireLengthsFor(parameters);
        requireAvailable();
        SuiteVerdict verdict = verdict(parameters.suite());
        if (verdict.reason() != null) {
            throw new SealException(verdict.reason(), null, false);
        }
        RecordSealer sealer = make(parameters, keys, verdict.maxContentLength());
        return new CheckedSealer(sealer, new RecordCheck(parameters, keys));
    }

    private RecordSealer make(SealingParameters parameters, TrafficKeys keys, int maxContentLength)
            throws SealException {
        try {
            TokenSealer sealer = newSealer(parameters, keys, maxContentLength);
            return new DeadlineSealer(sealer, config.callTimeout(), isAlwaysLimited, threads);
        } catch (TokenException e) {
            throw new SealException(String.valueOf(e.getMessage()), e, false);
        } catch (RuntimeException e) {
            throw new SealException(engine() + ": " + e.getMessage(), e, false);
        }
    }

    private TokenSealer newSealer(
            SealingParameters parameters, TrafficKeys keys, int maxContentLength)
            throws TokenException {
        return parameters.suite().bulkCipher().isAead()
                ? new TokenAeadSealer(engine(), token, parameters, keys, maxContentLength)
                : new TokenCbcSealer(engine(), token, parameters, keys, maxContentLength);
    }
}
