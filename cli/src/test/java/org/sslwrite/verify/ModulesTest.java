package org.sslwrite.verify;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.Ssl;
import org.sslwrite.cli.Main;
import org.sslwrite.kit.ArchitectureRules;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.probe.Probe;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.softhsm.SoftwareToken;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/** The packages of each module, and the sizes that a machine can check. */
class ModulesTest {
    /**
     * A name without a row stands for a package of another module and all below it. Where more than
     * 8 classes, 500 lines of a file or 45 of a method are allowed, that is what there is: it may
     * only become less.
     */
    private enum Module {
        PKCS11_CONFIG(
                "org.sslwrite.pkcs11",
                TokenConfig.class,
                Map.of(
                        "", Set.of(".text"),
                        ".text", Set.of(),
                        ".pin", Set.of("", ".text"),
                        ".vendor", Set.of(""),
                        ".config", Set.of("", ".text", ".pin", ".vendor")),
                new Sizes(8, 500, 45)),
        PKCS11(
                "org.sslwrite.pkcs11",
                CryptokiToken.class,
                Map.of(
                        ".timeout", Set.of(""),
                        ".key", Set.of(""),
                        ".cryptoki.ffi", Set.of("", ".timeout"),
                        ".cryptoki", Set.of("", ".cryptoki.ffi", ".timeout", ".key"),
                        ".sun", Set.of("", ".cryptoki", ".cryptoki.ffi", ".timeout", ".key")),
                new Sizes(25, 587, 45)),
        PROBE("org.sslwrite.probe", Probe.class, Map.of("", Set.of()), new Sizes(8, 500, 45)),
        ACCEL(
                "org.sslwrite.accel",
                accel(),
                Map.of(
                        ".nativecode", Set.of(),
                        ".vaes", Set.of(".nativecode"),
                        ".ipsecmb", Set.of(".nativecode")),
                new Sizes(8, 684, 58)),
        SOFTHSM(
                "org.sslwrite.softhsm",
                SoftwareToken.class,
                Map.of("", Set.of(), ".junit", Set.of("")),
                new Sizes(8, 500, 45)),
        CLI("org.sslwrite.cli", Main.class, Map.of("", Set.of()), new Sizes(8, 500, 45)),
        ENGINE("org.sslwrite", Ssl.class, Map.of(), new Sizes(15, 696, 49));

        final ArchitectureRules rules;
        final Map<String, Set<String>> mayUse;
        final Sizes sizes;

        Module(String root, Class<?> member, Map<String, Set<String>> mayUse, Sizes sizes) {
            this.rules = ArchitectureRules.of(root, member);
            this.mayUse = mayUse;
            this.sizes = sizes;
        }
    }

    /**
     * What there may be at most.
     *
     * @param knot classes that use each other
     * @param file lines of one
     * @param method lines of one
     */
    private record Sizes(int knot, int file, int method) {}

    /** Its classes are found as services only. */
    private static Class<?> accel() {
        return ServiceLoader.load(SealerFactory.class).iterator().next().getClass();
    }

    @ParameterizedTest
    @EnumSource(names = "ENGINE", mode = EnumSource.Mode.EXCLUDE)
    void packagesUseOnlyWhatTheTableAllows(Module module) {
        module.rules.packagesUseOnly(module.mayUse);
        module.rules.packagesHaveNoCycles();
        module.rules.packagesAreNullMarked();
    }

    @ParameterizedTest
    @EnumSource
    void classesFormNoLargeKnots(Module module) {
        module.rules.knotsHaveAtMost(module.sizes.knot);
    }

    @ParameterizedTest
    @EnumSource
    void filesAndMethodsAreSmall(Module module) {
        module.rules.filesHaveAtMost(module.sizes.file);
        module.rules.methodsHaveAtMost(module.sizes.method);
    }
}
