package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;
import org.sslwrite.Token;
import org.sslwrite.protocol.CipherSuite;
import org.sslwrite.seal.SealException;
import org.sslwrite.seal.SealingParameters;

import picocli.CommandLine.Mixin;

import java.util.List;

/** What serve and send have in common: who we are, how we speak TLS, and which token has a part. */
final class ConnectionOptions {
    @Mixin private IdentityOptions identity;
    @Mixin TlsOptions tls;
    @Mixin private TokenUseOptions tokenUse;
    @Mixin private BreakerOptions breaker;

    /**
     * The token that is meant; null if none is. It is open if it must be, unless {@link
     * #identities} opens it next.
     */
    @Nullable ChosenToken openToken() throws CommandFailure {
        tokenUse.policy();
        ChosenToken token = tokenUse.choose();
        boolean mustBeOpen =
                !tokenUse.keyInToken() && tokenUse.policy() != OffloadPolicy.TOKEN_PREFERRED;
        if (token != null && mustBeOpen) {
            boolean open = false;
            try {
                token.open();
                open = true;
            } finally {
                if (!open) {
                    token.close();
                }
            }
        }
        return token;
    }

    /**
     * The identities that these options name; none if they name none.
     *
     * @param host what certificates that are made now stand for
     */
    List<TlsIdentity> identities(@Nullable ChosenToken token, String host) throws CommandFailure {
        if (token != null && tokenUse.keyInToken()) {
            Thread.ofPlatform().daemon().name("prepare").start(() -> prepare(token.token()));
            return token.identities(host, identity.chainForTokenKey());
        }
        TlsIdentity given = identity.load();
        return given == null ? List.of() : List.of(given);
    }

    /**
     * Has done once what every context needs and no identity is needed for, while the token, which
     * may be far away, looks for its key. Answers are remembered.
     */
    private void prepare(Token token) {
        try {
            SslContext context = tls.contextBuilder().build();
            if (tokenUse.policy() != OffloadPolicy.SOFTWARE) {
                token.sealers().prepare(sealed(context.cipherSuites()));
            }
        } catch (RuntimeException | SealException e) {
            // The context that is made with the identity says so.
        }
    }

    private static List<SealingParameters> sealed(List<CipherSuite> suites) {
        return suites.stream()
                .map(suite -> new SealingParameters(suite.version(), suite, false))
                .toList();
    }

    /** A builder with all that these options say, but for the identities. */
    SslContext.Builder contextBuilder(@Nullable ChosenToken token) {
        SslContext.Builder builder = tls.contextBuilder();
        breaker.apply(builder, tokenUse.policy());
        return token == null ? builder : builder.token(token.token(), tokenUse.policy());
    }
}
