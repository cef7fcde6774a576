package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.kit.OpenSsl;
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
 * Keys in a database of NSS, whose slot has RSA and no hash. In a process of its own, for NSS
 * starts with one database in a process.
 */
@Timeout(120)
class NssDatabaseTest {
    private static final String PIN = "a Passw0rd";

    @Test
    void opensslTakesWhatAKeyInTheDatabaseSigns(@TempDir Path folder) throws Exception {
        for (String reason :
                new String[] {SoftwareToken.reasonAgainst(Kind.NSS), OpenSsl.missing()}) {
            assumeTrue(reason == null, reason);
        }
        Path configuration =
                Files.writeString(
                        folder.resolve("token.properties"),
                        """
                        vendor = nss
                        library-parameters = configdir='sql:%s' certPrefix='' keyPrefix='' flags=
                        token-label = NSS Certificate DB
                        """
                                .formatted(folder));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(NssDatabaseTest.class.getName(), configuration.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        for (TokenRoute engine : TokenRoute.values()) {
            for (String key : List.of("RSA_2048", "EC_P256")) {
                for (String version : List.of("-tls1_3", "-tls1_2")) {
                    String line = engine + " " + key + " " + version + ": \n";
                    assertTrue(output.contains(line), output);
                }
            }
        }
    }

    /** In the other process: makes a database with keys, and serves with them. */
    public static void main(String[] arguments) throws Exception {
        Path configuration = Path.of(arguments[0]);
        TokenConfig described = TokenConfig.fromFile(configuration);
        CryptokiModule module =
                CryptokiModule.load(described.module(), described.libraryParameters());
        setPin(module.functions(), module.slots().getLast().id());
        TokenConfig config = described.toBuilder().pin(PinSource.of(PIN.toCharArray())).build();
        for (KeyPairKind kind : List.of(KeyPairKind.RSA_2048, KeyPairKind.EC_P256)) {
            byte[] id = {(byte) (1 + kind.ordinal())};
            make(config, kind, id);
            for (TokenRoute engine : TokenRoute.values()) {
                try (Token token = Token.of(config.toBuilder().engine(engine).build())) {
                    TlsIdentity identity = token.identity(KeySelector.byId(id));
                    SslContext context = SslContext.builder().identity(identity).build();
                    for (String version : List.of("-tls1_3", "-tls1_2")) {
                        Handshake handshake =
                                Handshake.withOpenssl(
                                        context,
                                        identity,
                                        configuration.getParent(),
                                        List.of(version));
                        System.out.print(
                                engine
                                        + " "
                                        + kind
                                        + " "
                                        + version
                                        + ": "
                                        + handshake.failure()
                                        + "\n");
                    }
                }
            }
        }
        System.exit(0); // SunPKCS11 leaves threads behind
    }

    private static void make(TokenConfig config, KeyPairKind kind, byte[] id) throws Exception {
        try (TokenConnection connection = new TokenConnection(config);
                Token token = Token.of(config)) {
            CryptokiToken open = connection.token();
            PublicKey publicKey = open.generateKeyPair(kind, kind.name(), id, true);
            TlsIdentity made = token.selfSigned("localhost", KeySelector.byId(id), publicKey);
            open.storeCertificate(made.certificate(), kind.name(), id, true);
        }
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
