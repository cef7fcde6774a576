package org.sslwrite.pkcs11.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.key.TokenPrivateKey;
import org.sslwrite.pkcs11.key.TokenSignatures;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;

/** Keys in a token that fails. What a real token signs, the tests with software tokens tell. */
@Timeout(60)
class PrivateKeySignerTest {
    private static final byte[] MESSAGE = {1, 2, 3};
    private static final KeySelector WEB = KeySelector.byLabel("web");

    private static KeyPair ec;
    private static KeyPair rsa;

    private final MockToken mock = new MockToken();
    private final MockFailures failures = MockFailures.over(mock);
    private TokenConnection connection;

    @BeforeAll
    static void generate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        ec = generator.generateKeyPair();
        generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = generator.generateKeyPair();
    }

    @BeforeEach
    void connect() throws TokenException {
        connection = connection(MockToken.config());
    }

    private TokenConnection connection(TokenConfig.Builder config) throws TokenException {
        return new TokenConnection(
                config.build(), CryptokiModule.over(failures.functions(), "mock module"));
    }

    @AfterEach
    void close() {
        failures.heal();
        connection.close();
        assertEquals(List.of(), failures.collisions());
        assertEquals("0 0", mock.sessions() + " " + mock.objects());
    }

    private static byte[] sign(String algorithm, TokenPrivateKey key)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm, TokenSignatures.PROVIDER);
        signature.initSign(key);
        signature.update(MESSAGE);
        return signature.sign();
    }

    private static void signAndVerify(String algorithm, TokenPrivateKey key, PublicKey publicKey)
            throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(publicKey);
        verifier.update(MESSAGE);
        assertTrue(verifier.verify(sign(algorithm, key)));
    }

    @ParameterizedTest
    @CsvSource({
        "SHA256withECDSA",
        "SHA384withECDSA",
        "SHA512withECDSA",
        "SHA256withRSA",
        "SHA384withRSA",
        "SHA512withRSA"
    })
    void signs(String algorithm) throws Exception {
        KeyPair pair = algorithm.endsWith("RSA") ? rsa : ec;
        mock.add(pair, "web", new byte[] {1}, false);
        signAndVerify(algorithm, connection.privateKey(WEB), pair.getPublic());
    }

    @ParameterizedTest
    @ValueSource(strings = {"C_SignInit", "C_Sign"})
    void survivesTheDeathOfAnIncarnation(String function) throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        TokenPrivateKey key = connection.privateKey(WEB);
        failures.fail(function, Ckr.CKR_DEVICE_ERROR);
        signAndVerify("SHA256withECDSA", key, ec.getPublic());
        mock.C_CloseAllSessions(MockToken.SLOT);
        signAndVerify("SHA256withECDSA", key, ec.getPublic());
        mock.C_Finalize(0);
        signAndVerify("SHA256withECDSA", key, ec.getPublic());
    }

    @Test
    void butTriesOnlyOnceMore() throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        TokenPrivateKey key = connection.privateKey(WEB);
        failures.fail("C_Sign", 0, Ckr.CKR_DEVICE_ERROR);
        SignatureException e =
                assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
        assertEquals("the mock: C_Sign: CKR_DEVICE_ERROR", e.getMessage());
        assertEquals(2, failures.calls("C_Sign"));
    }

    @Test
    void andOtherFailuresNotAtAll() throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        TokenPrivateKey key = connection.privateKey(WEB);
        failures.fail("C_Sign", 0, Ckr.CKR_DATA_LEN_RANGE);
        assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
        assertEquals(1, failures.calls("C_Sign"));
    }

    @Test
    void aSignatureThatHangsHasADeadline() throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        try (TokenConnection other =
                connection(MockToken.config().callTimeout(Duration.ofSeconds(1)))) {
            TokenPrivateKey key = other.privateKey(WEB);
            failures.hang("C_Sign");
            SignatureException e =
                    assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
            assertEquals("the mock: signing: no answer within 1 s (callTimeout)", e.getMessage());
            failures.release("C_Sign");
            signAndVerify("SHA256withECDSA", key, ec.getPublic());
        }
        // What hung is tidied up by the thread that it comes back to.
        Waiting.until(() -> mock.sessions() == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {-64, -1, 1})
    void aSignatureOfAnotherLengthIsNone(int extraBytes) throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        TokenPrivateKey key = connection.privateKey(WEB);
        mock.extraBytes = extraBytes;
        SignatureException e =
                assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
        assertTrue(
                e.getMessage().contains("gave " + (64 + extraBytes) + " bytes, which is no"),
                e.getMessage());
    }

    @Test
    void noneFoundSaysWhichThereAre() throws Exception {
        TokenException none = assertThrows(TokenException.class, () -> connection.privateKey(WEB));
        assertTrue(none.getMessage().contains("it has none at all"), none.getMessage());
        mock.add(ec, "mail", new byte[] {10, 11}, false);
        TokenException e = assertThrows(TokenException.class, () -> connection.privateKey(WEB));
        assertEquals(
                "the mock: has no private key \"web\"; it has \"mail\" (id 0a0b)", e.getMessage());
    }

    @Test
    void twoFoundSaysSo() throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        mock.add(rsa, "web", new byte[] {2}, false);
        TokenException e = assertThrows(TokenException.class, () -> connection.privateKey(WEB));
        assertEquals(
                "the mock: has more than one private key \"web\"; say which, by label and id:"
                        + " \"web\" (id 01), \"web\" (id 02)",
                e.getMessage());
        TokenPrivateKey second = connection.privateKey(new KeySelector("web", "02"));
        assertEquals("RSA", second.getAlgorithm());
    }

    @Test
    void aKeyThatIsGone() throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        TokenPrivateKey key = connection.privateKey(WEB);
        mock.removeTokenObjects();
        SignatureException e =
                assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
        assertTrue(e.getMessage().contains("has no private key \"web\""), e.getMessage());
    }

    @Test
    void aKeyThatIsAnotherNow() throws Exception {
        mock.add(ec, "web", new byte[] {1}, false);
        TokenPrivateKey key = connection.privateKey(WEB);
        mock.removeTokenObjects();
        mock.add(rsa, "web", new byte[] {1}, false);
        SignatureException e =
                assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
        assertTrue(e.getMessage().contains("another key than it was"), e.getMessage());
    }

    @Test
    void aKeyThatAlwaysWantsThePin() throws Exception {
        mock.add(ec, "web", new byte[] {1}, true);
        TokenPrivateKey key = connection.privateKey(WEB);
        for (int i = 0; i < 3; i++) {
            signAndVerify("SHA256withECDSA", key, ec.getPublic());
        }
        assertEquals(4, mock.logins());
    }

    @Test
    void andGetsAWrongOneOnlyOnce() throws Exception {
        mock.add(ec, "web", new byte[] {1}, true);
        TokenPrivateKey key = connection.privateKey(WEB);
        mock.keyPin = "4321";
        for (int i = 0; i < 3; i++) {
            SignatureException e =
                    assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
            assertTrue(e.getMessage().contains("CKR_PIN_INCORRECT"), e.getMessage());
        }
        assertEquals(1, mock.wrongPins());
    }

    @Test
    void orSaysThatItNeedsOne() throws Exception {
        mock.add(ec, "web", new byte[] {1}, true);
        mock.loginRequired = false;
        try (TokenConnection other = connection(MockToken.config().pin(token -> null))) {
            TokenPrivateKey key = other.privateKey(WEB);
            SignatureException e =
                    assertThrows(SignatureException.class, () -> sign("SHA256withECDSA", key));
            assertTrue(e.getMessage().contains("configure a PIN source"), e.getMessage());
        }
    }
}
