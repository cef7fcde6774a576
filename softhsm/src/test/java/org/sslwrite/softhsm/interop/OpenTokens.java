package org.sslwrite.softhsm.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** One token of each kind, open in every way at the same time. */
final class OpenTokens implements AutoCloseable {
    private final Map<Kind, SoftwareToken> software = new EnumMap<>(Kind.class);
    private final Map<Way, Token> tokens = new HashMap<>();

    OpenTokens() throws TokenException {
        assumeInstalled();
        try {
            for (Kind kind : Kind.values()) {
                software.put(kind, SoftwareToken.create(kind));
            }
            for (Way way : Way.ALL) {
                tokens.put(way, open(software(way.token()), way.engine()));
            }
        } catch (TokenException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Skips what needs tokens of each kind, with the reason, if there can be none. */
    static void assumeInstalled() {
        for (Kind kind : Kind.values()) {
            String reason = SoftwareToken.reasonAgainst(kind);
            assumeTrue(reason == null, reason);
        }
    }

    static Token open(SoftwareToken software, TokenRoute engine) throws TokenException {
        TokenConfig config = software.config().toBuilder().engine(engine).build();
        Token token = Token.of(config);
        token.open();
        return token;
    }

    /** The token itself. */
    SoftwareToken software(Kind kind) {
        return software.get(kind);
    }

    /** A token as contexts use it. */
    Token token(Way way) {
        return tokens.get(way);
    }

    /** What a token is called as the engine that sealed records. */
    String engine(Way way) {
        return token(way).config().name();
    }

    @Override
    public void close() {
        tokens.values().forEach(Token::close);
        software.values().forEach(SoftwareToken::close);
    }
}
