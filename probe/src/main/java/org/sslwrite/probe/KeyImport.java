package org.sslwrite.probe;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.probe.Finding.Verdict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a key of ours can become an object in the token, and how well it is kept there.
 *
 * @param accepted the best that the token accepts; null if it accepts none
 */
record KeyImport(Finding finding, @Nullable KeyProtection accepted) {
    /**
     * From best to worst. Traffic keys are session objects, which nobody else sees anyway: private
     * ones are only slower.
     */
    private static final List<KeyProtection> WISHES =
            List.of(
                    new KeyProtection(false, true),
                    new KeyProtection(true, true),
                    new KeyProtection(false, false),
                    new KeyProtection(true, false));

    /** Tries. */
    static KeyImport into(CryptokiFunctions functions, long slot) {
        List<String> refusals = new ArrayList<>();
        for (KeyProtection wish : WISHES) {
            try {
                String kept = wish + kept(functions, slot, wish);
                refusals.add(0, kept);
                return new KeyImport(finding(Verdict.WORKS, String.join("; ", refusals)), wish);
            } catch (TrialFailure e) {
                refusals.add("not " + wish + ": " + e.reason());
            }
        }
        return new KeyImport(finding(Verdict.BROKEN, refusals.getFirst()), null);
    }

    private static Finding finding(Verdict verdict, String detail) {
        return new Finding(Feature.KEY_IMPORT, TokenRoute.CRYPTOKI, verdict, detail, 0);
    }

    /** What the token makes of the wish; empty if it honours it. */
    private static String kept(CryptokiFunctions functions, long slot, KeyProtection wish)
            throws TrialFailure {
        byte[] key = RecordTrials.random(16);
        try (RawSession session = RawSession.open(functions, slot)) {
            long object =
                    session.create(
                            Template.secretKey(Template.CKK_AES, Template.CKA_ENCRYPT, wish)
                                    .value(key));
            List<String> dishonoured = new ArrayList<>();
            if (session.flag(object, Template.CKA_PRIVATE) != wish.isPrivate()) {
                dishonoured.add("CKA_PRIVATE");
            }
            if (wish.isSensitive()) {
                if (!session.flag(object, Template.CKA_SENSITIVE)) {
                    dishonoured.add("CKA_SENSITIVE");
                }
                if (session.flag(object, Template.CKA_EXTRACTABLE)) {
                    dishonoured.add("CKA_EXTRACTABLE");
                }
                if (session.revealsValue(object, Template.CKA_VALUE)) {
                    return " (but the token gives the key away again)";
                }
            }
            return dishonoured.isEmpty()
                    ? ""
                    : " (but the token does not honour " + String.join(", ", dishonoured) + ")";
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
