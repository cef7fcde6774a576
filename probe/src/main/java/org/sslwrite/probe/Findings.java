package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenRoute;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What was found, and what follows from it for records. */
record Findings(List<Finding> all) {
    private static final Set<Feature> SIGNATURES =
            EnumSet.range(Feature.RSA_PSS, Feature.ECDSA_P384);

    @Nullable Finding of(Feature feature, TokenRoute engine) {
        for (Finding finding : all) {
            if (finding.feature() == feature && finding.engine() == engine) {
                return finding;
            }
        }
        return null;
    }

    boolean works(Feature feature, TokenRoute engine) {
        Finding finding = of(feature, engine);
        return finding != null && finding.works();
    }

    /** Whether some engine can do each of these. */
    boolean works(Feature... features) {
        for (Feature feature : features) {
            if (!works(feature, TokenRoute.CRYPTOKI) && !works(feature, TokenRoute.SUNPKCS11)) {
                return false;
            }
        }
        return true;
    }

    ProbeReport.Capabilities capabilities() {
        return new ProbeReport.Capabilities(
                works(Feature.AES_128_GCM, Feature.AES_256_GCM),
                works(Feature.AES_128_CBC, Feature.AES_256_CBC),
                works(Feature.HMAC_SHA1),
                works(Feature.HMAC_SHA256),
                works(Feature.HMAC_SHA384),
                works(Feature.CHACHA20_POLY1305),
                works(Feature.HKDF_SHA256, Feature.HKDF_SHA384),
                works(Feature.MESSAGE_API),
                works(Feature.KEY_IMPORT),
                works(Feature.RSA_PSS),
                works(Feature.ECDSA_P256));
    }

    List<SuiteOffload> suites() {
        List<SuiteOffload> suites = new ArrayList<>();
        for (Suite suite : Suite.values()) {
            List<TokenRoute> engines = new ArrayList<>();
            for (TokenRoute engine : TokenRoute.values()) {
                if (canSeal(suite, engine)) {
                    engines.add(engine);
                }
            }
            suites.add(
                    new SuiteOffload(
                            suite.name(), engines, engines.isEmpty() ? reasonAgainst(suite) : ""));
        }
        return suites;
    }

    private boolean canSeal(Suite suite, TokenRoute engine) {
        return suite.needs().stream()
                .allMatch(feature -> fragment(feature, engine) >= RecordNeeds.MIN_FRAGMENT);
    }

    /** Content that a record may have for this; 0 if it does not work. */
    private int fragment(Feature feature, TokenRoute engine) {
        Finding finding = of(feature, engine);
        return finding == null || !finding.works()
                ? 0
                : RecordNeeds.fragment(feature, finding.largestInput());
    }

    private String reasonAgainst(Suite suite) {
        for (Feature feature : suite.needs()) {
            Finding finding = of(feature, TokenRoute.CRYPTOKI);
            if (finding != null && fragment(feature, TokenRoute.CRYPTOKI) == 0) {
                return feature.title() + ": " + explained(finding);
            }
        }
        return "at most " + maxFragment(suite, TokenRoute.CRYPTOKI) + " bytes in a record";
    }

    private static String explained(Finding finding) {
        return switch (finding.verdict()) {
            case ABSENT -> "the token does not have " + finding.feature().mechanism();
            case BROKEN ->
                    finding.feature().mechanism()
                            + " is listed but does not work: "
                            + finding.detail();
            case WORKS, PARTLY, UNTRIED -> finding.detail();
        };
    }

    private int maxFragment(Suite suite, TokenRoute engine) {
        int least = RecordNeeds.MAX_FRAGMENT;
        for (Feature feature : suite.needs()) {
            least = Math.min(least, fragment(feature, engine));
        }
        return least;
    }

    /** Content that a record may have, of whichever suite the engine can seal. */
    int maxFragment(TokenRoute engine) {
        int least = RecordNeeds.MAX_FRAGMENT;
        for (Suite suite : Suite.values()) {
            if (canSeal(suite, engine)) {
                least = Math.min(least, maxFragment(suite, engine));
            }
        }
        return least;
    }

    /**
     * The one that can seal more suites, if it can use the key that is named; of two that can the
     * same, the C API: fewer calls.
     */
    TokenRoute betterEngine() {
        return !isRefusedTheKey(TokenRoute.SUNPKCS11)
                        && sealable(TokenRoute.SUNPKCS11) > sealable(TokenRoute.CRYPTOKI)
                ? TokenRoute.SUNPKCS11
                : TokenRoute.CRYPTOKI;
    }

    /** Whether no signature by the key that is named works. */
    private boolean isRefusedTheKey(TokenRoute engine) {
        List<Finding> tried =
                all.stream()
                        .filter(f -> f.engine() == engine && SIGNATURES.contains(f.feature()))
                        .toList();
        return !tried.isEmpty() && tried.stream().noneMatch(Finding::works);
    }

    int sealable(TokenRoute engine) {
        int count = 0;
        for (Suite suite : Suite.values()) {
            count += canSeal(suite, engine) ? 1 : 0;
        }
        return count;
    }
}
