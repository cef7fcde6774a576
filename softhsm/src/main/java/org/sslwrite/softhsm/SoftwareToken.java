package org.sslwrite.softhsm;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.KeySelector;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.pkcs11.cryptoki.TokenConnection;

import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Map;

/**
 * A throw-away token in software, for tests, demos and benchmarks; {@link #close} removes it. Safe
 * for use by several threads, and by several processes at once: each has its own tokens.
 *
 * <p>SoftHSM reads its configuration once in a process. So all SoftHSM tokens of a process lie in
 * one directory, which only its user can read and which is gone after the last token or at the end
 * of the JVM; and the first of them must be made before anything else in the process uses SoftHSM.
 * A token that is closed leaves an empty slot behind. NSS has one token in a process, which all
 * share; each destroys what it made.
 */
public final class SoftwareToken implements AutoCloseable {
    /** The software that plays the token. */
    public enum Kind {
        /** SoftHSM 2, with a token of its own in a directory of its own. */
        SOFTHSM,
        /** NSS's softokn, without a database. */
        NSS
    }

    /** A key pair in the token. */
    public record KeyPair(KeySelector selector, PublicKey publicKey) {}

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Kind kind;
    private final TokenConfig config;

    /** Keeps what NSS holds in its sessions. */
    private final TokenConnection connection;

    private final @Nullable SofthsmToken softhsm;
    private boolean closed;

    private SoftwareToken(Kind kind, TokenConfig config, @Nullable SofthsmToken softhsm) {
        this.kind = kind;
        this.config = config;
        this.softhsm = softhsm;
        this.connection = new TokenConnection(config);
    }

    /** Why there can be no such token here, with what to install; null if there can. */
    public static @Nullable String reasonAgainst(Kind kind) {
        return SoftwareLibrary.of(kind).reasonAgainst();
    }

    /**
     * Makes one.
     *
     * @throws TokenException if the library is not installed, with how to install it; if it cannot
     *     be loaded; for SoftHSM, if something else in this process has configured it
     */
    public static SoftwareToken create(Kind kind) throws TokenException {
        SoftwareLibrary library = SoftwareLibrary.of(kind);
        Path path = library.path();
        return switch (kind) {
            case SOFTHSM -> {
                SofthsmToken token = SofthsmToken.create(path);
                yield new SoftwareToken(kind, token.config(), token);
            }
            // The catalogue knows how to start NSS without a database, and what its token is
            // called.
            case NSS -> {
                TokenConfig config =
                        TokenConfig.builder().vendor(library.vendor()).module(path).build();
                yield new SoftwareToken(kind, config, null);
            }
        };
    }

    /** Which it is. */
    public Kind kind() {
        return kind;
    }

    /** How to reach it. The PIN can be had until this is closed. */
    public TokenConfig config() {
        return config;
    }

    /**
     * Where SoftHSM keeps this token; deleting it is what a removed token looks like. Null for NSS.
     */
    public @Nullable Path tokenDirectory() {
        return softhsm == null ? null : softhsm.directory();
    }

    /** What another process must have in its environment to see the token; empty for NSS. */
    public Map<String, String> environment() {
        return softhsm == null
                ? Map.of()
                : Map.of(SofthsmStore.VARIABLE, SofthsmStore.OF_PROCESS.configuration().toString());
    }

    /**
     * Generates a key pair that lives as long as this token, with a label and an id of its own. In
     * SoftHSM its halves are token objects; in NSS they belong to a session that stays open.
     */
    public KeyPair generateKeyPair(KeyPairKind kind) throws TokenException {
        byte[] id = new byte[8];
        RANDOM.nextBytes(id);
        String idHex = HexFormat.of().formatHex(id);
        String label = "key-" + idHex;
        PublicKey publicKey =
                with((token, stored) -> token.generateKeyPair(kind, label, id, stored));
        return new KeyPair(new KeySelector(label, idHex), publicKey);
    }

    /**
     * Stores a certificate beside its key, which the JDK's PKCS#11 key store needs in order to show
     * the key. It lives as long as this token.
     */
    public void storeCertificate(KeyPair key, X509Certificate certificate) throws TokenException {
        String label = key.selector().label();
        String idHex = key.selector().idHex();
        if (label == null || idHex == null) {
            throw new IllegalArgumentException("the key was not made by generateKeyPair");
        }
        byte[] id = HexFormat.of().parseHex(idHex);
        with(
                (token, stored) -> {
                    token.storeCertificate(certificate, label, id, stored);
                    return certificate;
                });
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(CryptokiToken token, boolean stored) throws TokenException;
    }

    /** Token objects need no connection afterwards, and so no login that others could notice. */
    private <T> T with(Work<T> work) throws TokenException {
        synchronized (this) {
            if (closed) {
                throw new TokenException(config.name() + ": the throw-away token is closed");
            }
        }
        if (kind == Kind.NSS) {
            return inSession(work);
        }
        try (TokenConnection once = new TokenConnection(config)) {
            return work.with(once.token(), true);
        }
    }

    /** Once more if that shows that the sessions were closed behind our back. */
    private <T> T inSession(Work<T> work) throws TokenException {
        CryptokiToken token = connection.token();
        try {
            return work.with(token, false);
        } catch (TokenException e) {
            if (!token.isCondemned()) {
                throw e;
            }
            return work.with(connection.token(), false);
        }
    }

    /** Removes the token and all that is in it. Twice does no harm. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            connection.close();
        } finally {
            if (softhsm != null) {
                softhsm.close();
            }
        }
    }

    /** Tells which token this is. */
    @Override
    public String toString() {
        return config.name();
    }
}
