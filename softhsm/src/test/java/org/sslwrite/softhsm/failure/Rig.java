package org.sslwrite.softhsm.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.Token;
import org.sslwrite.kit.Link;
import org.sslwrite.kit.Scene;
import org.sslwrite.kit.WatchedProvider;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.security.Security;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;

/** A token to break, software to stand by, and those who keep account of both. */
final class Rig implements AutoCloseable {
    /** What {@link #context} calls the software. */
    static final String SOFTWARE = "watched software";

    /** Tells of every failure, thousands of them; nobody reads that unless he asks. */
    static final Logger LOG = Logger.getLogger("org.sslwrite");

    static {
        LOG.setUseParentHandlers(false);
    }

    /** Contexts find it by its name; one for all rigs, which work one after the other. */
    private static final WatchedProvider STANDBY = new WatchedProvider(SOFTWARE);

    private final SoftwareToken software;
    private final TokenConfig config;
    private final NonceLedger ledgerOfEngine = new NonceLedger();
    private final NonceLedger ledgerOfSeam = new NonceLedger();
    private final EncryptionWitness encryptions = new EncryptionWitness(ledgerOfSeam);
    private final Holdings holdings = new Holdings();
    private final FailingFunctions seam;
    private final CryptokiModule module;
    private final Token token;
    private final WatchedSealers sealers;
    private final boolean mocked;

    /** What others in this process, such as earlier tests, have in the token. */
    private final Set<Long> foreign;

    private Rig(SoftwareToken software, TokenConfig config, boolean mocked) throws TokenException {
        this.software = software;
        this.config = config;
        this.mocked = mocked;
        this.module = CryptokiModule.load(config.module(), config.libraryParameters());
        this.seam = new FailingFunctions(module.functions(), encryptions, holdings);
        this.token =
                mocked
                        ? Token.of(config, CryptokiModule.over(seam.functions(), "failing module"))
                        : Token.of(config);
        this.sealers = new WatchedSealers(token.sealers(), ledgerOfEngine);
        this.foreign = census().sessionObjects();
        Security.addProvider(STANDBY); // no more than once
    }

    /** A real token, by either way; nothing can be made to fail but by breaking it. */
    static Rig real(Kind kind, TokenRoute engine) throws TokenException {
        return real(new Way(kind, engine, false));
    }

    static Rig real(Way way) throws TokenException {
        SoftwareToken software = SoftwareToken.create(way.kind());
        return new Rig(
                software,
                software.config().toBuilder()
                        .engine(way.engine())
                        .messageEncryption(way.messages())
                        .build(),
                false);
    }

    /** A real token behind {@link FailingFunctions}, which seals by C_EncryptInit and C_Encrypt. */
    static Rig mocked(Kind kind) throws TokenException {
        return mocked(kind, builder -> builder);
    }

    /** Likewise, with something in its configuration changed. */
    static Rig mocked(Kind kind, UnaryOperator<TokenConfig.Builder> change) throws TokenException {
        SoftwareToken software = SoftwareToken.create(kind);
        return new Rig(
                software,
                change.apply(software.config().toBuilder().messageEncryption(false)).build(),
                true);
    }

    /** A context in which each failure opens the breaker, for a moment. */
    SslContext context(Scene scene, OffloadPolicy policy) {
        return builder(scene).offload(sealers, policy).build();
    }

    /** The same without a token. */
    static SslContext.Builder builder(Scene scene) {
        return Link.builder(scene).providers(List.of(SOFTWARE)).breaker(1, Duration.ofMillis(1));
    }

    SoftwareToken software() {
        return software;
    }

    TokenConfig config() {
        return config;
    }

    CryptokiModule module() {
        return module;
    }

    Token token() {
        return token;
    }

    FailingFunctions seam() {
        return seam;
    }

    WatchedSealers sealers() {
        return sealers;
    }

    Holdings holdings() {
        return holdings;
    }

    /** Every traffic key that the token or the software was given, MAC keys too. */
    Set<byte[]> trafficKeys() {
        Set<byte[]> keys = new HashSet<>();
        encryptions.keys().forEach(keys::add);
        ledgerOfEngine.keys().forEach(hex -> keys.add(HexFormat.of().parseHex(hex)));
        return keys;
    }

    Census census() {
        return new Census(module, config);
    }

    /**
     * To be called at the end of every test: token and software together.
     *
     * @return how many records the token had begun when software took over
     */
    int assertNoNonceTwice(Family family) {
        List<WatchedProvider.Use> bySoftware = STANDBY.takeUses();
        int takenOver = takenOver(ledgerOfEngine, bySoftware, family);
        if (mocked) {
            int atSeam = takenOver(ledgerOfSeam, bySoftware, family);
            assertEquals(takenOver, atSeam, "the seam and the engine agree");
            holdings.assertNoDeadSessionWasUsed();
        }
        return takenOver;
    }

    private static int takenOver(
            NonceLedger ledger, List<WatchedProvider.Use> bySoftware, Family family) {
        ledger.addAll(bySoftware);
        int takenOver = ledger.takenOver();
        int uses = ledger.uses();
        ledger.assertNoNonceTwice();
        assertTrue(uses > 0 || !family.isAead(), "the ledger has seen nothing");
        return takenOver;
    }

    /** Every connection is closed: no key of theirs is left. */
    void assertNoKeyLeft() throws TokenException {
        assertEquals(0, holdings.objects(), "objects, by our account");
        Set<Long> left = census().sessionObjects();
        left.removeAll(foreign);
        assertEquals(Set.of(), left, "objects, by the token's");
    }

    @Override
    public void close() {
        token.close();
        software.close();
    }
}
