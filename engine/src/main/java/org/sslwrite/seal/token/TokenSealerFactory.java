package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenConfig;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.seal.CipherSuite;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.token.SelfTest.Verdict;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sealers in one token. Before its first record of a suite the token must pass a test; whether it
 * can do the suite is then known for good, while a token that cannot be reached is asked again.
 */
public final class TokenSealerFactory implements SealerFactory {
    /** For so long a token that could not be reached is not asked what it can do. */
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final TokenConfig config;
    private final TokenKeys token;
    private final SealingThread.Pool threads;
    private final boolean isAlwaysLimited;
    private final Map<CipherSuite, Verdict> verdicts = new ConcurrentHashMap<>();
    private volatile @Nullable Long unreachableSince;

    private TokenSealerFactory(TokenConfig config, TokenKeys token) {
        this.config = config;
        this.token = token;
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
            token.open();
            unreachableSince = null;
        } catch (TokenException e) {
            unreachableSince = System.nanoTime();
            throw new SealException(String.valueOf(e.getMessage()), e, false);
        }
    }

    @Override
    public @Nullable String reasonAgainst(SealingParameters parameters) {
        Verdict known = verdicts.get(parameters.suite());
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
    private Verdict verdict(CipherSuite suite) throws SealException {
        Verdict known = verdicts.get(suite);
        if (known != null) {
            return known;
        }
        Verdict found;
        try {
            found =
                    SelfTest.run(
                            (parameters, keys) -> make(parameters, keys, SelfTest.WHOLE),
                            suite,
                            config.maxFragment());
        } catch (SealException e) {
            if (!showsIncapability(e)) {
                throw e;
            }
            found = new Verdict(String.valueOf(e.getMessage()), 0);
        }
        verdicts.put(suite, found);
        return found;
    }

    private static boolean showsIncapability(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof TokenException cause && cause.incapable()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
            throws SealException {
        keys.requireLengthsFor(parameters);
        requireAvailable();
        Verdict verdict = verdict(parameters.suite());
        if (verdict.reason() != null) {
            throw new SealException(verdict.reason(), null, false);
        }
        return make(parameters, keys, verdict.maxContentLength());
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
