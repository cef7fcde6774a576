package org.sslwrite.probe;

import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.cryptoki.AeadOperation;
import org.sslwrite.pkcs11.cryptoki.CbcOperation;
import org.sslwrite.pkcs11.cryptoki.HmacOperation;
import org.sslwrite.pkcs11.cryptoki.MessageAeadOperation;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Measures what sealing one record takes. Short and bounded: an estimate, no benchmark. */
final class Timings {
    /** Bytes of content. */
    static final List<Integer> SIZES = List.of(64, 1024, 16384);

    static final String GCM = "AES-128-GCM";
    static final String GCM_MESSAGE = "AES-128-GCM, message API";
    static final String CBC = "AES-128-CBC + HMAC-SHA256";

    private static final int LEAST_SAMPLES = 3;
    private static final int MOST_SAMPLES = 20_000;
    private static final long TAG = 16;
    private static final int MAC = 32;

    /** Room for MAC and padding, in whole blocks. */
    private static final int CBC_OVERHEAD = 48;

    private final Duration each;
    private final List<Timing> timings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param each how long one operation of one size is measured
     */
    Timings(Duration each) {
        this.each = each;
    }

    List<Timing> timings() {
        return timings;
    }

    /** What could not be measured, and why. */
    List<String> notes() {
        return notes;
    }

    /** Seals one record; the counter makes its nonce. */
    @FunctionalInterface
    private interface Record {
        void seal(long counter) throws TokenException, GeneralSecurityException;
    }

    /** Measures the C API. */
    void measure(TokenConnection connection, Findings findings) {
        TokenRoute engine = TokenRoute.CRYPTOKI;
        if (findings.works(Feature.AES_128_GCM, engine)) {
            attempt(engine, GCM, () -> gcm(connection));
        }
        if (findings.works(Feature.MESSAGE_API, engine)) {
            attempt(engine, GCM_MESSAGE, () -> gcmMessage(connection));
        }
        if (canCbc(findings, engine)) {
            attempt(engine, CBC, () -> cbc(connection));
        }
    }

    /** Measures SunPKCS11. */
    void measure(Provider provider, Findings findings) {
        TokenRoute engine = TokenRoute.SUNPKCS11;
        if (findings.works(Feature.AES_128_GCM, engine)) {
            attempt(engine, GCM, () -> gcm(provider));
        }
        if (canCbc(findings, engine)) {
            attempt(engine, CBC, () -> cbc(provider));
        }
    }

    private static boolean canCbc(Findings findings, TokenRoute engine) {
        return findings.works(Feature.AES_128_CBC, engine)
                && findings.works(Feature.HMAC_SHA256, engine);
    }

    @FunctionalInterface
    private interface Series {
        void run() throws TokenException, GeneralSecurityException;
    }

    private void attempt(TokenRoute engine, String operation, Series series) {
        try {
            series.run();
        } catch (TokenException | GeneralSecurityException | RuntimeException e) {
            notes.add("The timing of " + operation + " through " + engine + " failed: " + e);
        }
    }

    private void gcm(TokenConnection connection) throws TokenException, GeneralSecurityException {
        try (AeadOperation operation =
                connection.token().aead(Ckm.CKM_AES_GCM, RecordTrials.random(16))) {
            aead(GCM, operation::encrypt);
        }
    }

    private void gcmMessage(TokenConnection connection)
            throws TokenException, GeneralSecurityException {
        try (MessageAeadOperation operation =
                connection.token().messageAead(RecordTrials.random(16))) {
            aead(GCM_MESSAGE, operation::encrypt);
        }
    }

    @FunctionalInterface
    private interface Aead {
        void encrypt(byte[] nonce, byte[] aad, long in, int length, long out) throws TokenException;
    }

    private void aead(String name, Aead operation) throws TokenException, GeneralSecurityException {
        byte[] aad = new byte[5];
        byte[] nonce = new byte[12];
        try (Arena arena = Arena.ofConfined()) {
            for (int size : SIZES) {
                long text = arena.allocate(size + TAG).address();
                measure(
                        TokenRoute.CRYPTOKI,
                        name,
                        size,
                        counter -> {
                            ByteBuffer.wrap(nonce).putInt(size).putLong(counter);
                            operation.encrypt(nonce, aad, text, size, text);
                        });
            }
        }
    }

    private void cbc(TokenConnection connection) throws TokenException, GeneralSecurityException {
        try (Arena arena = Arena.ofConfined();
                HmacOperation hmac =
                        connection.token().hmac(Ckm.CKM_SHA256_HMAC, RecordTrials.random(MAC));
                CbcOperation cipher = connection.token().cbc(RecordTrials.random(16))) {
            long iv = arena.allocate(16).address();
            long mac = arena.allocate(MAC).address();
            for (int size : SIZES) {
                long text = arena.allocate(size + CBC_OVERHEAD).address();
                measure(
                        TokenRoute.CRYPTOKI,
                        CBC,
                        size,
                        counter -> {
                            hmac.sign(text, size, mac);
                            cipher.encrypt(iv, text, size + CBC_OVERHEAD, text);
                        });
            }
        }
    }

    private void gcm(Provider provider) throws TokenException, GeneralSecurityException {
        SecretKey key = aesKey(provider);
        Cipher cipher =
                Cipher.getInstance(ReferenceCrypto.algorithm(Feature.AES_128_GCM), provider);
        byte[] aad = new byte[5];
        byte[] nonce = new byte[12];
        for (int size : SIZES) {
            ByteBuffer in = ByteBuffer.allocateDirect(size + (int) TAG);
            ByteBuffer out = in.duplicate();
            measure(
                    TokenRoute.SUNPKCS11,
                    GCM,
                    size,
                    counter -> {
                        ByteBuffer.wrap(nonce).putInt(size).putLong(counter);
                        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
                        cipher.updateAAD(aad);
                        cipher.doFinal(in.clear().limit(size), out.clear());
                    });
        }
    }

    private void cbc(Provider provider) throws TokenException, GeneralSecurityException {
        SecretKey key = aesKey(provider);
        Cipher cipher =
                Cipher.getInstance(ReferenceCrypto.algorithm(Feature.AES_128_CBC), provider);
        Mac mac = Mac.getInstance(ReferenceCrypto.algorithm(Feature.HMAC_SHA256), provider);
        mac.init(
                new SecretKeySpec(
                        RecordTrials.random(MAC),
                        ReferenceCrypto.keyAlgorithm(Feature.HMAC_SHA256)));
        byte[] iv = new byte[16];
        byte[] tag = new byte[MAC];
        for (int size : SIZES) {
            ByteBuffer in = ByteBuffer.allocateDirect(size + CBC_OVERHEAD);
            ByteBuffer out = in.duplicate();
            measure(
                    TokenRoute.SUNPKCS11,
                    CBC,
                    size,
                    counter -> {
                        mac.update(in.clear().limit(size));
                        mac.doFinal(tag, 0);
                        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
                        cipher.doFinal(in.clear(), out.clear());
                    });
        }
    }

    private static SecretKey aesKey(Provider provider) throws GeneralSecurityException {
        return SecretKeyFactory.getInstance("AES", provider)
                .translateKey(new SecretKeySpec(RecordTrials.random(16), "AES"));
    }

    private void measure(TokenRoute engine, String operation, int size, Record record)
            throws TokenException, GeneralSecurityException {
        long[] samples = new long[MOST_SAMPLES];
        int count = 0;
        long begin = System.nanoTime();
        long before = begin;
        while (count < MOST_SAMPLES && (count < LEAST_SAMPLES || before - begin < each.toNanos())) {
            record.seal(count);
            long after = System.nanoTime();
            samples[count++] = after - before;
            before = after;
        }
        Arrays.sort(samples, 0, count);
        timings.add(new Timing(engine, operation, size, samples[count / 2] / 1000.0));
    }
}
