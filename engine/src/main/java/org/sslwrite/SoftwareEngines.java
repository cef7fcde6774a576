package org.sslwrite;

import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.seal.jca.JcaSealerFactory;

import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Engines that seal in this process, by name: services of {@link SealerFactory}, and JCA providers.
 * Safe for use by several threads.
 */
final class SoftwareEngines {
    /** The engines of the jar {@code sslwrite-accel}. */
    private static final List<String> ACCELERATED = List.of("vaes", "ipsec-mb");

    /** The order of preference where the user gives none. */
    static final List<String> DEFAULT = List.of("vaes", "ipsec-mb", "SunJCE");

    private static final class Services {
        static final Map<String, SealerFactory> BY_NAME = load();

        private static Map<String, SealerFactory> load() {
            Map<String, SealerFactory> byName = new LinkedHashMap<>();
            ClassLoader loader = SealerFactory.class.getClassLoader();
            for (SealerFactory factory : ServiceLoader.load(SealerFactory.class, loader)) {
                byName.putIfAbsent(factory.engine(), factory);
            }
            return byName;
        }
    }

    /** An engine whose jar is missing. It refuses every suite, with the reason. */
    private record Missing(String engine) implements SealerFactory {
        private static final String REASON =
                "the jar sslwrite-accel is not on the class path or module path";

        @Override
        public @Nullable String reasonAgainst(SealingParameters parameters) {
            return REASON;
        }

        @Override
        public RecordSealer create(SealingParameters parameters, TrafficKeys keys)
                throws SealException {
            throw new SealException(engine + " cannot seal: " + REASON, null);
        }
    }

    private SoftwareEngines() {}

    /**
     * The engines of these names, with Bouncy Castle as the last resort.
     *
     * @throws IllegalArgumentException if there is no engine of a name
     */
    static List<SealerFactory> named(List<String> names) {
        List<SealerFactory> factories = new ArrayList<>();
        for (String name : names) {
            factories.add(named(name));
        }
        if (!names.contains(BouncyCastleProvider.PROVIDER_NAME)) {
            factories.add(new JcaSealerFactory(BouncyCastle.PROVIDER));
        }
        return factories;
    }

    private static SealerFactory named(String name) {
        SealerFactory service = Services.BY_NAME.get(name);
        if (service != null) {
            return service;
        }
        if (ACCELERATED.contains(name)) {
            return new Missing(name);
        }
        if (name.equals(BouncyCastleProvider.PROVIDER_NAME)) {
            return new JcaSealerFactory(BouncyCastle.PROVIDER);
        }
        Provider provider = Security.getProvider(name);
        if (provider == null) {
            throw new IllegalArgumentException(
                    "no JCA provider \"" + name + "\"; installed: " + installed());
        }
        return new JcaSealerFactory(provider);
    }

    private static List<String> installed() {
        return Stream.of(
                        Arrays.stream(Security.getProviders()).map(Provider::getName),
                        Stream.of(BouncyCastleProvider.PROVIDER_NAME),
                        Services.BY_NAME.keySet().stream())
                .flatMap(names -> names)
                .distinct()
                .toList();
    }
}
