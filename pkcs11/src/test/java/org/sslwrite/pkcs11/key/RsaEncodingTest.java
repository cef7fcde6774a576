package org.sslwrite.pkcs11.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

import javax.crypto.Cipher;

/** Encodings for a key that does no padding: the JDK verifies what comes of them. */
class RsaEncodingTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    /** The modulus need not be whole bytes: of 8n + 1 bits, PSS has a byte less than it. */
    @ParameterizedTest
    @ValueSource(ints = {1024, 1025, 1026, 1031, 1032, 2048})
    void verifies(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        for (SignatureHash hash : SignatureHash.values()) {
            byte[] digest = hash.of(MESSAGE);
            Signature pkcs1 = Signature.getInstance(hash.name() + "withRSA");
            assertVerifies(pkcs1, pair, RsaEncoding.pkcs1(hash.digestInfo(digest), bits));
            int salt = Math.min(hash.bytes(), bits / 8 - hash.bytes() - 3);
            Signature pss = Signature.getInstance("RSASSA-PSS");
            String name = hash.jcaName;
            pss.setParameter(
                    new PSSParameterSpec(name, "MGF1", new MGF1ParameterSpec(name), salt, 1));
            byte[] encoded = RsaEncoding.pss(name, name, digest, new byte[salt], bits);
            assertVerifies(pss, pair, encoded);
        }
    }

    private static void assertVerifies(Signature verifier, KeyPair pair, byte[] encoded)
            throws Exception {
        Cipher raw = Cipher.getInstance("RSA/ECB/NoPadding");
        raw.init(Cipher.ENCRYPT_MODE, pair.getPrivate());
        byte[] signature = raw.doFinal(encoded);
        assertEquals(encoded.length, signature.length);
        verifier.initVerify(pair.getPublic());
        verifier.update(MESSAGE);
        assertTrue(verifier.verify(signature), verifier.getAlgorithm());
    }

    @Test
    void shortKeysAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> RsaEncoding.pkcs1(new byte[51], 8 * 61));
        assertThrows(
                IllegalArgumentException.class,
                () -> RsaEncoding.pss("SHA-512", "SHA-512", new byte[64], new byte[64], 8 * 129));
    }
}
