package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.AeadOperation;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckm;
import org.sslwrite.pkcs11.key.TokenSignatures;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.RecordSealer;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;
import org.sslwrite.seal.TrafficKeys;
import org.sslwrite.softhsm.FaultyModule;
import org.sslwrite.softhsm.SelfSignedCertificate;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.KeyPair;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * No call to a token holds the carrier of a virtual thread: while the call hangs, the virtual
 * thread that waits for it is parked. One in the middle of a native call would count as running.
 */
@Timeout(120)
class VirtualThreadTest {
    private static final int MAX_RECORD = 16384 + 256;
    private static final Set<Thread.State> PARKED =
            EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    private SoftwareToken software;
    private FaultyModule faulty;

    /** Something that calls the token. */
    interface Work {
        void run() throws Exception;
    }

    /** What a program does with a token, after what it needs for that was done. */
    enum Use {
        OPEN {
            @Override
            Work of(Token token, TokenConfig config) {
                return token::open;
            }
        },
        SIGN {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                PrivateKey key = token.identity().privateKey();
                return () -> {
                    Signature signature =
                            Signature.getInstance("SHA256withECDSA", TokenSignatures.PROVIDER);
                    signature.initSign(key);
                    signature.update(new byte[10]);
                    signature.sign();
                };
            }
        },
        IMPORT {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                sealer(token, CipherSuite.TLS_AES_128_GCM_SHA256).close();
                return () -> sealer(token, CipherSuite.TLS_AES_128_GCM_SHA256);
            }
        },
        SEAL {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                RecordSealer sealer = sealer(token, CipherSuite.TLS_AES_128_GCM_SHA256);
                return () -> seal(sealer);
            }
        },
        SEAL_CBC {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                RecordSealer sealer = sealer(token, CipherSuite.of("ECDHE-ECDSA-AES128-SHA256"));
                return () -> seal(sealer);
            }
        },
        CLOSE_SEALER {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                return sealer(token, CipherSuite.TLS_AES_128_GCM_SHA256)::close;
            }
        },
        CLOSE {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                token.open();
                return token::close;
            }
        },
        LIST_SLOTS {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                return CryptokiModule.load(config.module(), null)::slots;
            }
        },
        ENCRYPT {
            @Override
            Work of(Token token, TokenConfig config) throws Exception {
                TokenConnection connection = new TokenConnection(config);
                AeadOperation operation = connection.token().aead(Ckm.CKM_AES_GCM, new byte[16]);
                return () -> {
                    try (connection;
                            operation;
                            Arena arena = Arena.ofConfined()) {
                        MemorySegment memory = arena.allocate(32);
                        long at = memory.address();
                        operation.encrypt(new byte[12], new byte[5], at, 16, at);
                    }
                };
            }
        };

        abstract Work of(Token token, TokenConfig config) throws Exception;
    }

    private static RecordSealer sealer(Token token, CipherSuite suite) throws SealException {
        SealingParameters parameters = new SealingParameters(suite.version(), suite, false);
        try (TrafficKeys keys =
                new TrafficKeys(
                        new byte[suite.bulkCipher().keyLength()],
                        new byte[suite.bulkCipher().fixedIvLength(suite.version())],
                        new byte[suite.mac().length()])) {
            return token.sealers().create(parameters, keys);
        }
    }

    private static void seal(RecordSealer sealer) throws SealException {
        ByteBuffer out = ByteBuffer.allocateDirect(MAX_RECORD);
        sealer.seal(0, 23, ByteBuffer.allocateDirect(100), 0, 100, 0, out, 0);
        sealer.close();
    }

    @BeforeEach
    void make() throws Exception {
        for (String reason :
                new String[] {
                    SoftwareToken.reasonAgainst(Kind.SOFTHSM), FaultyModule.reasonAgainst()
                }) {
            assumeTrue(reason == null, reason);
        }
        software = SoftwareToken.create(Kind.SOFTHSM);
        faulty = FaultyModule.inFrontOf(software.config().module());
    }

    @AfterEach
    void remove() {
        if (faulty != null) {
            faulty.close();
        }
        if (software != null) {
            software.close();
        }
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @CsvSource({
        "CRYPTOKI,  OPEN,         C_GetSlotList",
        "CRYPTOKI,  OPEN,         C_OpenSession",
        "CRYPTOKI,  OPEN,         C_Login",
        "CRYPTOKI,  SIGN,         C_SignInit",
        "CRYPTOKI,  SIGN,         C_Sign",
        "CRYPTOKI,  IMPORT,       C_CreateObject",
        "CRYPTOKI,  SEAL,         C_EncryptInit",
        "CRYPTOKI,  SEAL,         C_Encrypt",
        "CRYPTOKI,  SEAL_CBC,     C_SignInit",
        "CRYPTOKI,  SEAL_CBC,     C_Encrypt",
        "CRYPTOKI,  CLOSE_SEALER, C_DestroyObject",
        "CRYPTOKI,  CLOSE,        C_CloseSession",
        "CRYPTOKI,  CLOSE,        C_Logout",
        "CRYPTOKI,  LIST_SLOTS,   C_GetSlotInfo",
        "CRYPTOKI,  ENCRYPT,      C_Encrypt",
        "SUNPKCS11, OPEN,         C_GetMechanismList",
        "SUNPKCS11, SIGN,         C_SignInit",
        "SUNPKCS11, IMPORT,       C_CreateObject",
        "SUNPKCS11, SEAL,         C_EncryptInit",
        "SUNPKCS11, SEAL_CBC,     C_SignFinal",
        "SUNPKCS11, CLOSE,        C_Logout",
    })
    void isParkedWhileACallHangs(TokenRoute engine, Use use, String function) throws Exception {
        KeyPair key = software.generateKeyPair(KeyPairKind.EC_P256);
        software.storeCertificate(key, SelfSignedCertificate.of(software, key));
        TokenConfig config =
                software.config().toBuilder()
                        .module(faulty.library())
                        .engine(engine)
                        .key(key.selector())
                        .build();
        try (Token token = Token.of(config)) {
            Work work = use.of(token, config);
            faulty.hang(function);
            CompletableFuture<Void> done = new CompletableFuture<>();
            Thread virtual = Thread.ofVirtual().start(() -> run(work, done));
            await(function, () -> done.isDone() || faulty.underWay(function) > 0);
            await("parking", () -> done.isDone() || PARKED.contains(virtual.getState()));
            assertTrue(!done.isDone(), "it never called " + function);
            faulty.release(function);
            done.get(30, TimeUnit.SECONDS);
        } finally {
            faulty.clear();
        }
    }

    private static void run(Work work, CompletableFuture<Void> done) {
        try {
            work.run();
            done.complete(null);
        } catch (Throwable e) {
            done.completeExceptionally(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what + " is not seen");
            Thread.onSpinWait();
        }
    }
}
