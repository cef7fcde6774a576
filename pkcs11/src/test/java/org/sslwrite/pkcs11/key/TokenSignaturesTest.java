package org.sslwrite.pkcs11.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.TokenException;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The JCA's side of signing; the token is a mock that notes what it is asked for. */
class TokenSignaturesTest {
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private final List<String> asked = new ArrayList<>();
    private final TokenSigner mockSigner =
            (algorithm, parameters, message) -> {
                asked.add(
                        algorithm
                                + (parameters == null ? "" : " with parameters")
                                + " "
                                + Arrays.toString(message));
                return new byte[] {42};
            };

    private TokenPrivateKey key(String algorithm) {
        return new TokenPrivateKey(algorithm, "a key in a mock", mockSigner);
    }

    private static Signature signature(String algorithm) throws Exception {
        return Signature.getInstance(algorithm, TokenSignatures.PROVIDER);
    }

    @ParameterizedTest
    @CsvSource({
        "SHA256withRSA, RSA",
        "SHA384withRSA, RSA",
        "SHA512withRSA, RSA",
        "SHA256withECDSA, EC",
        "SHA384withECDSA, EC",
        "SHA512withECDSA, EC",
    })
    void collectsTheMessageAndAsks(String algorithm, String keyAlgorithm) throws Exception {
        Signature signature = signature(algorithm);
        signature.initSign(key(keyAlgorithm));
        signature.update((byte) 1);
        signature.update(new byte[] {0, 2, 3, 0}, 1, 2);
        assertArrayEquals(new byte[] {42}, signature.sign());
        signature.update((byte) 4);
        signature.sign();
        assertEquals(List.of(algorithm + " [1, 2, 3]", algorithm + " [4]"), asked);
    }

    @Test
    void pssTakesParameters() throws Exception {
        Signature signature = signature("RSASSA-PSS");
        signature.initSign(key("RSA"));
        SignatureException none = assertThrows(SignatureException.class, signature::sign);
        assertEquals("RSASSA-PSS needs parameters: call setParameter", none.getMessage());
        signature.setParameter(PSS);
        assertEquals(
                32,
                signature.getParameters().getParameterSpec(PSSParameterSpec.class).getSaltLength());
        signature.sign();
        assertEquals(List.of("RSASSA-PSS with parameters []"), asked);
    }

    @Test
    void othersTakeNone() throws Exception {
        Signature signature = signature("SHA256withRSA");
        signature.initSign(key("RSA"));
        assertNull(signature.getParameters());
        assertThrows(InvalidAlgorithmParameterException.class, () -> signature.setParameter(PSS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA256withECDSA", "SHA256withRSA", "RSASSA-PSS"})
    void keysOfOthersAreRefused(String algorithm) throws Exception {
        KeyPair pair = pair(algorithm);
        Signature signature = signature(algorithm);
        assertThrows(InvalidKeyException.class, () -> signature.initSign(pair.getPrivate()));
        assertThrows(InvalidKeyException.class, () -> signature.initVerify(pair.getPublic()));
        String wrong = algorithm.endsWith("ECDSA") ? "RSA" : "EC";
        assertThrows(InvalidKeyException.class, () -> signature.initSign(key(wrong)));
        assertThrows(SignatureException.class, signature::sign);
    }

    private static KeyPair pair(String algorithm) throws Exception {
        boolean isEc = algorithm.endsWith("ECDSA");
        KeyPairGenerator generator = KeyPairGenerator.getInstance(isEc ? "EC" : "RSA");
        if (isEc) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        }
        return generator.generateKeyPair();
    }

    @Test
    void theTokensWordsComeThrough() throws Exception {
        TokenException cause = new TokenException("the token \"web\" is on fire");
        Signature signature = signature("SHA256withECDSA");
        signature.initSign(
                new TokenPrivateKey(
                        "EC",
                        "x",
                        (a, p, m) -> {
                            throw cause;
                        }));
        SignatureException e = assertThrows(SignatureException.class, signature::sign);
        assertEquals(cause.getMessage(), e.getMessage());
        assertSame(cause, e.getCause());
    }

    @Test
    void isRegisteredNowhere() {
        assertNull(Security.getProvider(TokenSignatures.PROVIDER.getName()));
    }

    @Test
    void aKeyShowsNothingAndStaysHere() {
        TokenPrivateKey key = key("EC");
        assertNull(key.getEncoded());
        assertNull(key.getFormat());
        assertEquals("a key in a mock", key.toString());
        assertThrows(
                NotSerializableException.class,
                () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(key));
    }
}
