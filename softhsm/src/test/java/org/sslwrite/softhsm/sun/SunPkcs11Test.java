package org.sslwrite.softhsm.sun;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenSelector;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiException;
import org.sslwrite.pkcs11.pin.Pin;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.pkcs11.sun.SunPkcs11;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;
import org.sslwrite.softhsm.junit.WithToken;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

class SunPkcs11Test {
    private static final String WRONG = "certainly wrong";
    private static final Provider SOFTWARE = Security.getProvider("SunJCE");

    @TempDir @Nullable Path directory;

    @ParameterizedTest
    @CsvSource({"SOFTHSM, false", "SOFTHSM, true", "NSS, false", "NSS, true"})
    void tokenSealsAsSoftwareDoes(Kind kind, boolean isPrivate) throws Exception {
        try (SoftwareToken token = SoftwareToken.create(kind);
                SunPkcs11 sun =
                        new SunPkcs11(
                                token.config().toBuilder().privateTrafficKeys(isPrivate).build())) {
            Provider provider = sun.provider();
            for (int bits : new int[] {128, 256}) {
                SecretKey key = new SecretKeySpec(new byte[bits / 8], "AES");
                SecretKey inToken = imported(provider, key);
                assertArrayEquals(gcm(SOFTWARE, key), gcm(provider, inToken));
                assertArrayEquals(cbc(SOFTWARE, key), cbc(provider, inToken));
            }
            for (String mac : new String[] {"HmacSHA1", "HmacSHA256", "HmacSHA384"}) {
                SecretKey key = new SecretKeySpec(new byte[48], "Generic");
                assertArrayEquals(
                        mac(SOFTWARE, mac, key), mac(provider, mac, imported(provider, key)), mac);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void importedKeysDoNotComeOutAgain(Kind kind) throws Exception {
        try (SoftwareToken token = SoftwareToken.create(kind);
                SunPkcs11 sun = new SunPkcs11(token.config())) {
            for (String algorithm : new String[] {"AES", "Generic"}) {
                SecretKey key =
                        imported(sun.provider(), new SecretKeySpec(new byte[16], algorithm));
                assertNull(key.getEncoded());
                assertTrue(key.toString().contains("sensitive, unextractable"), key.toString());
            }
        }
        assertEquals("true", System.getProperty("sun.security.pkcs11.disableKeyExtraction"));
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void providerIsRegisteredNowhere(SoftwareToken token) throws Exception {
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            Provider provider = sun.provider();
            assertSame(provider, sun.provider());
            assertNull(Security.getProvider(provider.getName()));
        }
    }

    @Test
    void twoTokensAreOpenAtOnce(
            @WithToken(Kind.SOFTHSM) SoftwareToken one,
            @WithToken(Kind.SOFTHSM) SoftwareToken other)
            throws Exception {
        try (SunPkcs11 first = new SunPkcs11(withPrivateKeys(one));
                SunPkcs11 second = new SunPkcs11(withPrivateKeys(other))) {
            SecretKey key = new SecretKeySpec(new byte[16], "AES");
            SecretKey inFirst = imported(first.provider(), key);
            SecretKey inSecond = imported(second.provider(), key);
            assertNotSame(first.provider(), second.provider());
            assertArrayEquals(gcm(first.provider(), inFirst), gcm(second.provider(), inSecond));
            assertThrows(GeneralSecurityException.class, () -> gcm(first.provider(), inSecond));
        }
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void condemnedProviderIsReplacedAndOnlyThat(SoftwareToken token) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        TokenConfig config = withPrivateKeys(token).toBuilder().pin(counting(token, asked)).build();
        try (SunPkcs11 sun = new SunPkcs11(config)) {
            Provider first = sun.provider();
            SecretKey key = new SecretKeySpec(new byte[16], "AES");
            SecretKey inFirst = imported(first, key);
            sun.condemn(first);
            Provider second = sun.provider();
            assertNotSame(first, second);
            sun.condemn(first);
            assertSame(second, sun.provider());
            assertArrayEquals(gcm(SOFTWARE, key), gcm(second, imported(second, key)));
            assertArrayEquals(gcm(SOFTWARE, key), gcm(first, inFirst), "what was begun goes on");
            assertEquals(1, asked.get(), "a person is asked once");
        }
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void wrongPinIsTriedOnce(SoftwareToken token) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        PinSource wrong =
                name -> {
                    asked.incrementAndGet();
                    return new Pin(WRONG.toCharArray());
                };
        try (SunPkcs11 sun = new SunPkcs11(token.config().toBuilder().pin(wrong).build())) {
            for (int attempt = 0; attempt < 3; attempt++) {
                TokenException e = assertThrows(TokenException.class, sun::provider);
                assertTrue(String.valueOf(e.getMessage()).contains("CKR_PIN_INCORRECT"));
                assertFalse(String.valueOf(e.getMessage()).contains(WRONG));
            }
        }
        assertEquals(1, asked.get());
        try (SunPkcs11 sun = new SunPkcs11(token.config())) {
            sun.provider();
        }
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void closingOneUserLeavesTheOtherLoggedIn(SoftwareToken token) throws Exception {
        SecretKey key = new SecretKeySpec(new byte[16], "AES");
        try (SunPkcs11 stays = new SunPkcs11(withPrivateKeys(token))) {
            SunPkcs11 leaves = new SunPkcs11(withPrivateKeys(token));
            SecretKey inStays = imported(stays.provider(), key);
            imported(leaves.provider(), key);
            leaves.close();
            leaves.close();
            assertArrayEquals(gcm(SOFTWARE, key), gcm(stays.provider(), inStays));
            imported(stays.provider(), key);
            TokenException e = assertThrows(TokenException.class, leaves::provider);
            assertTrue(String.valueOf(e.getMessage()).contains("closed"), e.getMessage());
        }
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void lastUserThatClosesGivesEverythingBack(SoftwareToken token) throws Exception {
        SunPkcs11 sun = new SunPkcs11(token.config());
        SecretKey inToken = imported(sun.provider(), new SecretKeySpec(new byte[16], "AES"));
        gcm(sun.provider(), inToken);
        assertEquals("CKR_SESSION_EXISTS", whyNotInitialised(token));
        sun.close();
        // The security officer's PIN is looked at when no session is left.
        assertEquals("CKR_PIN_INCORRECT", whyNotInitialised(token));
        assertEquals(null, inToken.getEncoded(), "the key is held on to until here");
    }

    /** Why the token cannot be initialised anew with a wrong PIN. */
    private static String whyNotInitialised(SoftwareToken token) throws TokenException {
        CryptokiModule module = CryptokiModule.load(token.config().module(), null);
        TokenSelector.ByLabel label = (TokenSelector.ByLabel) token.config().token();
        CryptokiException e =
                assertThrows(
                        CryptokiException.class,
                        () ->
                                module.initToken(
                                        label.label(), WRONG.toCharArray(), WRONG.toCharArray()));
        return e.code();
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void oddPathOfTheModuleIsTakenLiterally(SoftwareToken token) throws Exception {
        Path odd = Objects.requireNonNull(directory).resolve("a \"b\" \\n#=,é€\nlib.so");
        Files.createSymbolicLink(odd, token.config().module());
        assertThrows(
                IllegalArgumentException.class,
                () -> token.config().toBuilder().module(odd),
                "no new lines in paths");
        Path stillOdd = Objects.requireNonNull(directory).resolve("a \"b\" \\n#=,é€(lib).so");
        Files.createSymbolicLink(stillOdd, token.config().module());
        TokenConfig config =
                token.config().toBuilder().module(stillOdd).name("na\"me # = \\n").build();
        try (SunPkcs11 sun = new SunPkcs11(config)) {
            assertEquals("na\"me # = \\n", sun.provider().getInfo());
            imported(sun.provider(), new SecretKeySpec(new byte[16], "AES"));
        }
    }

    @Test
    @WithToken(Kind.SOFTHSM)
    void tokensThatAreNotThereAreNamed(SoftwareToken token) throws Exception {
        TokenConfig config =
                token.config().toBuilder().token(new TokenSelector.ByLabel("nowhere")).build();
        try (SunPkcs11 sun = new SunPkcs11(config)) {
            TokenException e = assertThrows(TokenException.class, sun::provider);
            assertTrue(String.valueOf(e.getMessage()).contains("nowhere"), e.getMessage());
        }
        TokenConfig missing = token.config().toBuilder().module(Path.of("/nowhere/x.so")).build();
        try (SunPkcs11 sun = new SunPkcs11(missing)) {
            TokenException e = assertThrows(TokenException.class, sun::provider);
            assertTrue(String.valueOf(e.getMessage()).contains("/nowhere/x.so"), e.getMessage());
        }
    }

    static TokenConfig withPrivateKeys(SoftwareToken token) throws TokenException {
        return token.config().toBuilder().privateTrafficKeys(true).build();
    }

    static PinSource counting(SoftwareToken token, AtomicInteger asked) {
        return name -> {
            asked.incrementAndGet();
            return token.config().pin().pin(name);
        };
    }

    static SecretKey imported(Provider provider, SecretKey key) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance(key.getAlgorithm(), provider).translateKey(key);
    }

    static byte[] gcm(Provider provider, SecretKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, new byte[12]));
        cipher.updateAAD(new byte[5]);
        ByteBuffer record = ByteBuffer.allocateDirect(100 + 16);
        cipher.doFinal(record.duplicate().limit(100), record);
        return bytes(record.flip());
    }

    private static byte[] cbc(Provider provider, SecretKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding", provider);
        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[16]));
        return cipher.doFinal(new byte[160]);
    }

    private static byte[] mac(Provider provider, String algorithm, SecretKey key)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm, provider);
        mac.init(key);
        return mac.doFinal(new byte[100]);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
