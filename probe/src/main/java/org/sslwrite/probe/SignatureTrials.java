package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.probe.Finding.Verdict;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Lets the token sign as a TLS handshake does, and verifies with the JDK: with the key that the
 * configuration names; for other kinds of key with pairs that the token generates, and that are
 * gone with the connection.
 */
final class SignatureTrials {
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private final TokenConnection connection;
    private final @Nullable KeySelector named;
    private final Predicate<Feature> listed;

    SignatureTrials(
            TokenConnection connection, @Nullable KeySelector named, Predicate<Feature> listed) {
        this.connection = connection;
        this.named = named;
        this.listed = listed;
    }

    /**
     * @param whose what there is to say of it
     */
    private record Pair(TokenPrivateKey privateKey, PublicKey publicKey, String whose) {}

    List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        for (KeyPairKind kind : KeyPairKind.values()) {
            findings.addAll(with(kind));
        }
        return findings;
    }

    /** The named key through SunPKCS11, which shows no key that is generated for a trial. */
    List<Finding> through(SunPkcs11 sun) {
        if (named == null) {
            return List.of();
        }
        for (KeyPairKind kind : KeyPairKind.values()) {
            try {
                Pair pair = named(kind, named);
                if (pair != null) {
                    return through(sun, named, features(kind), pair);
                }
            } catch (TrialFailure e) {
                return List.of(); // there is no certificate; by the C API that was said
            }
        }
        return List.of();
    }

    private static List<Finding> through(
            SunPkcs11 sun, KeySelector named, List<Feature> features, Pair pair) {
        TokenRoute engine = TokenRoute.SUNPKCS11;
        try {
            Pair seen = new Pair(sun.privateKey(named), pair.publicKey, pair.whose);
            return features.stream().map(feature -> signed(feature, seen, engine, true)).toList();
        } catch (TokenException e) {
            String reason = String.valueOf(e.getMessage());
            return features.stream()
                    .map(feature -> new Finding(feature, engine, Verdict.BROKEN, reason, 0))
                    .toList();
        }
    }

    private static List<Feature> features(KeyPairKind kind) {
        return switch (kind) {
            case RSA_2048 -> List.of(Feature.RSA_PSS, Feature.RSA_PKCS1);
            case EC_P256 -> List.of(Feature.ECDSA_P256);
            case EC_P384 -> List.of(Feature.ECDSA_P384);
        };
    }

    private List<Finding> with(KeyPairKind kind) {
        List<Feature> features = features(kind);
        List<Finding> findings = new ArrayList<>();
        Pair pair;
        try {
            pair = pair(kind);
        } catch (TrialFailure e) {
            for (Feature feature : features) {
                Verdict verdict = listed.test(feature) ? Verdict.UNTRIED : Verdict.ABSENT;
                findings.add(finding(feature, verdict, e.reason()));
            }
            return findings;
        }
        for (Feature feature : features) {
            findings.add(signed(feature, pair, TokenRoute.CRYPTOKI, listed.test(feature)));
        }
        return findings;
    }

    private Pair pair(KeyPairKind kind) throws TrialFailure {
        String untried = null;
        if (named != null) {
            try {
                Pair pair = named(kind, named);
                if (pair != null) {
                    return pair;
                }
            } catch (TrialFailure e) {
                untried = "the named key was not tried: " + e.reason();
            }
        }
        return generated(kind, untried);
    }

    /**
     * @param untried why the named key was not; null if there is none of this kind
     */
    private Pair generated(KeyPairKind kind, @Nullable String untried) throws TrialFailure {
        byte[] id = RecordTrials.random(8);
        String idHex = HexFormat.of().formatHex(id);
        String label = "probe-" + idHex;
        try {
            PublicKey publicKey = connection.token().generateKeyPair(kind, label, id, false);
            return new Pair(
                    connection.privateKey(new KeySelector(label, idHex)),
                    publicKey,
                    untried == null ? "" : untried);
        } catch (TokenException e) {
            throw new TrialFailure(
                    "the token generates no such key pair ("
                            + e.getMessage()
                            + "), and "
                            + (untried == null ? "the configuration names no such key" : untried),
                    e);
        }
    }

    /** The named key, if it is of this kind. */
    private @Nullable Pair named(KeyPairKind kind, KeySelector selector) throws TrialFailure {
        try {
            List<X509Certificate> certificates = connection.certificates(selector);
            if (certificates.isEmpty()) {
                throw new TrialFailure("the token has no certificate to verify the named key with");
            }
            PublicKey publicKey = certificates.getFirst().getPublicKey();
            return isOf(kind, publicKey)
                    ? new Pair(connection.privateKey(selector), publicKey, "with the " + selector)
                    : null;
        } catch (TokenException e) {
            throw new TrialFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean isOf(KeyPairKind kind, PublicKey key) {
        return switch (kind) {
            case RSA_2048 -> key.getAlgorithm().toUpperCase(Locale.ROOT).startsWith("RSA");
            case EC_P256 -> key instanceof ECKey ec && bits(ec) == 256;
            case EC_P384 -> key instanceof ECKey ec && bits(ec) == 384;
        };
    }

    private static int bits(ECKey key) {
        return key.getParams().getCurve().getField().getFieldSize();
    }

    private static Finding signed(Feature feature, Pair pair, TokenRoute engine, boolean isListed) {
        byte[] message = RecordTrials.random(100);
        byte[] signature;
        try {
            Signature signer = Signature.getInstance(algorithm(feature), TokenSignatures.PROVIDER);
            signer.initSign(pair.privateKey);
            if (feature == Feature.RSA_PSS) {
                signer.setParameter(PSS);
            }
            signer.update(message);
            signature = signer.sign();
        } catch (GeneralSecurityException e) {
            return Finding.failed(feature, engine, isListed, cause(e));
        }
        return verifies(feature, pair.publicKey, message, signature)
                ? new Finding(feature, engine, Verdict.WORKS, pair.whose, 0)
                : new Finding(feature, engine, Verdict.BROKEN, "the signature does not verify", 0);
    }

    private static boolean verifies(
            Feature feature, PublicKey key, byte[] message, byte[] signature) {
        boolean rsa = feature == Feature.RSA_PSS || feature == Feature.RSA_PKCS1;
        try {
            Signature verifier =
                    Signature.getInstance(algorithm(feature), rsa ? "SunRsaSign" : "SunEC");
            verifier.initVerify(key);
            if (feature == Feature.RSA_PSS) {
                verifier.setParameter(PSS);
            }
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String algorithm(Feature feature) {
        return switch (feature) {
            case RSA_PSS -> "RSASSA-PSS";
            case RSA_PKCS1 -> "SHA256withRSA";
            case ECDSA_P256 -> "SHA256withECDSA";
            case ECDSA_P384 -> "SHA384withECDSA";
            default -> throw new IllegalArgumentException(feature + " is no signature");
        };
    }

    private static String cause(GeneralSecurityException failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage());
    }

    private static Finding finding(Feature feature, Verdict verdict, String detail) {
        return new Finding(feature, TokenRoute.CRYPTOKI, verdict, detail, 0);
    }
}
