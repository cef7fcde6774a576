package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;
import org.sslwrite.pkcs11.pin.CachedPin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.probe.Finding.Verdict;

import java.security.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out what a token can really do: by letting it do it and comparing with the JDK, never by
 * its mechanism list alone. Takes some seconds. All that is made is session objects, which are
 * destroyed, and sessions, which are closed; but what SunPKCS11 made goes at the latest when the
 * JDK's cleaner thread comes to it (see {@link SunPkcs11}).
 */
public final class Probe {
    /** What seals records. */
    private static final Set<Feature> SEALING =
            EnumSet.range(Feature.AES_128_GCM, Feature.HMAC_SHA384);

    /** What else needs a key of ours in the token. */
    private static final Set<Feature> WITH_OUR_KEY =
            EnumSet.range(Feature.HKDF_SHA256, Feature.MESSAGE_API);

    /** More than a server needs; an HSM may be shared. */
    private static final int MOST_SESSIONS = 256;

    private static final Duration TIMED = Duration.ofMillis(200);

    private final TokenConfig config;
    private final CryptokiModule module;
    private final TokenConnection connection;
    private final KeyImport keyImport;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Probe(
            TokenConfig config,
            CryptokiModule module,
            TokenConnection connection,
            KeyImport keyImport) {
        this.config = config;
        this.module = module;
        this.connection = connection;
        this.keyImport = keyImport;
    }

    /**
     * Tries everything, through both engines; leaves nothing in the token. What the token fails at
     * is a finding, not an exception. The PIN is asked for once, and a wrong one is tried once. The
     * configuration's call timeout does not bound every call of the trials.
     *
     * @throws TokenException if the token cannot be reached at all: no module, no such token, a
     *     wrong PIN; or if it does not have the key that the configuration names
     */
    public static ProbeReport run(TokenConfig config) throws TokenException {
        CryptokiModule module = CryptokiModule.load(config);
        return run(config, module, true, TIMED);
    }

    /** As above, over a module that is loaded already, and through the C API alone. */
    public static ProbeReport run(TokenConfig config, CryptokiModule module) throws TokenException {
        return run(config, module, false, TIMED);
    }

    /**
     * As above.
     *
     * @param timed how long one operation of one size is measured
     */
    static ProbeReport run(
            TokenConfig config, CryptokiModule module, boolean withSunPkcs11, Duration timed)
            throws TokenException {
        try (CachedPin pin = PinSource.remembering(config.pin())) {
            TokenConfig asked = config.toBuilder().name(config.name()).pin(pin).build();
            KeyImport keyImport = reach(asked, module);
            KeyProtection keys = keyImport.accepted();
            // From here on as the recommended configuration will have it.
            TokenConfig improved =
                    keys == null
                            ? asked
                            : asked.toBuilder().privateTrafficKeys(keys.isPrivate()).build();
            // SunPKCS11 is closed last: it gives its sessions back only when it logs out.
            try (SunPkcs11 sun = withSunPkcs11 ? new SunPkcs11(improved) : null;
                    TokenConnection connection = new TokenConnection(improved, module)) {
                return new Probe(improved, module, connection, keyImport).report(sun, timed);
            }
        }
    }

    /** What cannot log in, or lacks the key that is named, ends here. */
    private static KeyImport reach(TokenConfig config, CryptokiModule module)
            throws TokenException {
        try (TokenConnection connection = new TokenConnection(config, module)) {
            KeySelector key = config.key();
            if (key != null) {
                connection.privateKey(key);
            }
            return KeyImport.into(module.functions(), connection.token().slot());
        }
    }

    private ProbeReport report(@Nullable SunPkcs11 sun, Duration timed) throws TokenException {
        long slot = connection.token().slot();
        TokenInfo info = connection.token().info();
        KeyProtection keys = keyImport.accepted();
        CryptokiRoute route =
                new CryptokiRoute(
                        module.functions(),
                        slot,
                        mechanisms(slot),
                        keys != null ? keys : new KeyProtection(false, true));
        findings.add(keyImport.finding());
        cryptoki(route);
        SignatureTrials signatures = new SignatureTrials(connection, config.key(), route::lists);
        findings.addAll(signatures.run());
        Provider provider = sun == null ? null : sunPkcs11(sun, signatures);
        int mostSessions = Math.min(MOST_SESSIONS, info.maxSessions());
        SessionLimit sessions = SessionLimit.upTo(mostSessions, module.functions(), slot);
        Findings found = new Findings(List.copyOf(findings));
        List<Timing> timings = timings(new Timings(timed), provider, found);
        return new ProbeReport(
                config.name(),
                config.module(),
                module.info(),
                info,
                found.capabilities(),
                found.all(),
                route.gcmLayout(),
                sessions,
                found.suites(),
                timings,
                Recommendation.of(config, info, found, keyImport, sessions),
                notes);
    }

    private Set<Long> mechanisms(long slot) {
        try {
            return new HashSet<>(module.mechanisms(slot));
        } catch (TokenException e) {
            notes.add("The token gives no list of its mechanisms: " + e.getMessage());
            return Set.of();
        }
    }

    private void cryptoki(CryptokiRoute route) {
        if (keyImport.accepted() == null) {
            String reason = "no key of ours can be put into the token";
            untried(SEALING, TokenRoute.CRYPTOKI, reason);
            untried(WITH_OUR_KEY, TokenRoute.CRYPTOKI, reason);
            return;
        }
        RecordTrials trials = new RecordTrials(route);
        RecordTrials asSealed = new RecordTrials(new OperationRoute(connection, route));
        for (Feature feature : SEALING) {
            Finding finding = trials.of(feature);
            findings.add(finding.works() ? asSealed.confirmed(finding) : finding);
        }
        CryptokiTrials more = new CryptokiTrials(connection, route);
        findings.add(more.hkdf(Feature.HKDF_SHA256));
        findings.add(more.hkdf(Feature.HKDF_SHA384));
        findings.add(more.messageApi());
    }

    /** Null if SunPKCS11 cannot open the token. */
    private @Nullable Provider sunPkcs11(SunPkcs11 sun, SignatureTrials signatures) {
        try {
            Provider first = sun.provider();
            RecordTrials trials = new RecordTrials(new SunRoute(sun));
            boolean allWork = true;
            for (Feature feature : SEALING) {
                Finding finding = trials.of(feature);
                findings.add(finding);
                allWork &= finding.verdict() == Verdict.WORKS;
            }
            if (!allWork) {
                sun.condemn(first); // what failed may have left an operation open in it
            }
            findings.addAll(signatures.through(sun));
            return sun.provider();
        } catch (TokenException e) {
            untried(SEALING, TokenRoute.SUNPKCS11, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void untried(Set<Feature> features, TokenRoute engine, String reason) {
        for (Feature feature : features) {
            findings.add(new Finding(feature, engine, Verdict.UNTRIED, reason, 0));
        }
    }

    private List<Timing> timings(Timings timings, @Nullable Provider provider, Findings found) {
        timings.measure(connection, found);
        if (provider != null) {
            timings.measure(provider, found);
        }
        notes.addAll(timings.notes());
        return timings.timings();
    }
}
