package org.sslwrite.seal.token;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.token.SelfTest.Verdict;

import java.util.List;

/**
 * Whether a token can seal records of a suite.
 *
 * @param reason why it cannot; null if it can
 * @param maxContentLength bytes of content that a record may have
 */
record SuiteVerdict(@Nullable String reason, int maxContentLength) {
    /**
     * @param verdicts on its primitives, in their order
     */
    static SuiteVerdict of(CipherSuite suite, List<Verdict> verdicts, TokenConfig config) {
        List<Primitive> primitives = Primitive.of(suite);
        int content = config.maxFragment();
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            if (verdict.reason() != null) {
                return new SuiteVerdict(verdict.reason(), 0);
            }
            content = Math.min(content, primitives.get(i).contentFor(verdict.maxInput(), suite));
        }
        return new SuiteVerdict(null, content);
    }
}
