package org.sslwrite.softhsm.cryptoki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;
import org.sslwrite.pkcs11.cryptoki.ffi.Ckr;
import org.sslwrite.pkcs11.cryptoki.ffi.CryptokiFunctions;
import org.sslwrite.pkcs11.pin.PinSource;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;

/**
 * NSS in FIPS mode, which its library has beside the other one, behind FC_GetFunctionList. In a
 * process of its own, for NSS starts with one database in a process.
 */
@Timeout(120)
class NssFipsTest {
    private static final String PIN = "a Passw0rd as FIPS wants it";
    private static final String LABEL = "web";

    @Test
    void aKeyInFipsModeSignsByBothEngines(@TempDir Path folder) throws Exception {
        String reason = SoftwareToken.reasonAgainst(Kind.NSS);
        assumeTrue(reason == null, reason);
        Path configuration =
                Files.writeString(
                        folder.resolve("token.properties"),
                        """
                        vendor = nss-fips
                        library-parameters = configdir='sql:%s' certPrefix='' keyPrefix='' flags=
                        key-label = %s
                        """
                                .formatted(folder, LABEL));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(NssFipsTest.class.getName(), configuration.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("NSS FIPS 140"), output);
        for (TokenRoute engine : TokenRoute.values()) {
            assertTrue(output.contains(engine + " signs"), output);
        }
    }

    /** In the other process: makes a database and a key in it, and signs with that. */
    public static void main(String[] arguments) throws Exception {
        TokenConfig described = TokenConfig.fromFile(Path.of(arguments[0]));
        CryptokiModule module = CryptokiModule.load(described);
        setPin(module.functions(), module.slots().getFirst().id());
        System.out.println(module.slots());
        TokenConfig config = described.toBuilder().pin(PinSource.of(PIN.toCharArray())).build();
        byte[] id = {1};
        PublicKey publicKey;
        try (TokenConnection connection = new TokenConnection(config);
                Token token = Token.of(config)) {
            CryptokiToken open = connection.token();
            publicKey = open.generateKeyPair(KeyPairKind.EC_P256, LABEL, id, true);
            TlsIdentity made = token.selfSigned("localhost", KeySelector.byId(id), publicKey);
            open.storeCertificate(made.certificate(), LABEL, id, true);
        }
        for (TokenRoute engine : TokenRoute.values()) {
            try (Token token = Token.of(config.toBuilder().engine(engine).build())) {
                TlsIdentity identity =
                        token.selfSigned("localhost", KeySelector.byId(id), publicKey);
                identity.certificate().verify(publicKey);
                System.out.println(engine + " signs");
            }
        }
        System.exit(0); // SunPKCS11 leaves threads behind
    }

    /** The security officer of a new database has an empty PIN. */
    private static void setPin(CryptokiFunctions functions, long slot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ValueLayout.JAVA_LONG);
            require(functions.C_OpenSession(slot, 6, 0, 0, handle.address()));
            long session = handle.get(ValueLayout.JAVA_LONG, 0);
            require(functions.C_Login(session, 0, arena.allocate(1).address(), 0));
            MemorySegment pin = arena.allocateFrom(PIN);
            require(functions.C_InitPIN(session, pin.address(), pin.byteSize() - 1));
            require(functions.C_Logout(session));
            require(functions.C_CloseSession(session));
        }
    }

    private static void require(long rv) {
        if (rv != Ckr.CKR_OK) {
            throw new IllegalStateException(Ckr.name(rv));
        }
    }
}
