package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.IdentityException;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;
import org.sslwrite.pkcs11.cryptoki.CryptokiToken.KeyPairKind;
import org.sslwrite.softhsm.SoftwareToken;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The token of a command: a real one, or a throw-away one, which this one's closing removes. */
final class ChosenToken implements AutoCloseable {
    private final @Nullable SoftwareToken software;
    private final Token token;
    private final AtExit removal;

    private ChosenToken(@Nullable SoftwareToken software, TokenConfig config) {
        this.software = software;
        this.token = Token.of(config);
        this.removal = AtExit.run(this::remove);
    }

    /** A change to a description. */
    interface Change {
        TokenConfig of(TokenConfig config) throws TokenException;
    }

    static ChosenToken described(TokenConfig config) {
        return new ChosenToken(null, config);
    }

    static ChosenToken throwAway(SoftwareToken software, Change change) throws TokenException {
        boolean made = false;
        try {
            ChosenToken chosen = new ChosenToken(software, change.of(software.config()));
            made = true;
            return chosen;
        } finally {
            if (!made) {
                software.close();
            }
        }
    }

    Token token() {
        return token;
    }

    TokenConfig config() {
        return token.config();
    }

    boolean isThrowAway() {
        return software != null;
    }

    /** Opens it, so that what is wrong with it is said before anything else is done. */
    void open() throws CommandFailure {
        try {
            token.open();
        } catch (TokenException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    /**
     * Identities whose keys are in the token.
     *
     * @param host what the certificates of a throw-away token stand for
     * @param chain certificates from a file; null for those in the token
     */
    List<TlsIdentity> identities(String host, @Nullable List<X509Certificate> chain)
            throws CommandFailure {
        try {
            if (software != null && chain != null) {
                throw new CommandFailure(
                        "the keys of a throw-away token are generated: no certificate in a file"
                                + " goes with them; leave --cert out, or use a token of your own");
            }
            if (software != null) {
                return generated(software, host);
            }
            return List.of(chain == null ? token.identity() : token.identity(chain));
        } catch (IdentityException | TokenException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    /** One with an elliptic curve key and one with an RSA key: every cipher suite finds one. */
    private List<TlsIdentity> generated(SoftwareToken made, String host)
            throws TokenException, IdentityException {
        List<TlsIdentity> identities = new ArrayList<>();
        TokenConfig direct = made.config().toBuilder().engine(TokenRoute.CRYPTOKI).build();
        try (Token signer = Token.of(direct)) {
            for (KeyPairKind kind : List.of(KeyPairKind.EC_P256, KeyPairKind.RSA_2048)) {
                SoftwareToken.KeyPair key = made.generateKeyPair(kind);
                X509Certificate certificate =
                        signer.selfSigned(host, key.selector(), key.publicKey()).certificate();
                // The JDK's provider shows no key without one.
                made.storeCertificate(key, certificate);
                identities.add(token.identity(key.selector(), List.of(certificate)));
            }
        }
        return identities;
    }

    /** Closes every session behind the token's back: nothing that is open survives it. */
    void breakSessions() throws CommandFailure {
        try {
            CryptokiModule module = CryptokiModule.load(config());
            module.closeAllSessions(module.slotOf(config().token()));
        } catch (TokenException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        removal.close();
    }

    private void remove() {
        try {
            token.close();
        } finally {
            if (software != null) {
                software.close();
            }
        }
    }

    @Override
    public String toString() {
        return token.toString();
    }
}
