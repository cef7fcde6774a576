package org.sslwrite.cli;

import org.jspecify.annotations.Nullable;
import org.sslwrite.OffloadPolicy;
import org.sslwrite.SslContext;
import org.sslwrite.TlsIdentity;

import picocli.CommandLine.Mixin;

import java.util.List;

/** What serve and send have in common: who we are, how we speak TLS, and which token has a part. */
final class ConnectionOptions {
    @Mixin private IdentityOptions identity;
    @Mixin TlsOptions tls;
    @Mixin private TokenUseOptions tokenUse;
    @Mixin private BreakerOptions breaker;

    /** The token that is meant, open; null if none is. */
    @Nullable ChosenToken openToken() throws CommandFailure {
        tokenUse.policy();
        ChosenToken token = tokenUse.choose();
        if (token != null && tokenUse.policy() != OffloadPolicy.TOKEN_PREFERRED) {
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
            return token.identities(host, identity.chainForTokenKey());
        }
        TlsIdentity given = identity.load();
        return given == null ? List.of() : List.of(given);
    }

    /** A builder with all that these options say, but for the identities. */
    SslContext.Builder contextBuilder(@Nullable ChosenToken token) {
        SslContext.Builder builder = tls.contextBuilder();
        breaker.apply(builder, tokenUse.policy());
        return token == null ? builder : builder.token(token.token(), tokenUse.policy());
    }
}
