package org.sslwrite.softhsm.seal;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.sslwrite.Token;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;
import org.sslwrite.seal.RecordSealerContract;
import org.sslwrite.seal.SealerFactory;
import org.sslwrite.softhsm.SoftwareToken;
import org.sslwrite.softhsm.SoftwareToken.Kind;

import java.security.Provider;
import java.security.Security;

/** The contract of every sealer, over a real token. */
abstract class TokenSealerContract extends RecordSealerContract {
    private final Kind kind;
    private final TokenRoute engine;
    private final boolean messages;
    private SoftwareToken software;
    private Token token;

    TokenSealerContract(Kind kind, TokenRoute engine) {
        this(kind, engine, false);
    }

    /**
     * @param messages whether AES-GCM goes by C_EncryptMessage
     */
    TokenSealerContract(Kind kind, TokenRoute engine, boolean messages) {
        this.kind = kind;
        this.engine = engine;
        this.messages = messages;
    }

    @BeforeAll
    void open() throws TokenException {
        software = SoftwareToken.create(kind);
        token =
                Token.of(
                        configured(software, engine).toBuilder()
                                .messageEncryption(messages)
                                .build());
        token.open();
    }

    static TokenConfig configured(SoftwareToken software, TokenRoute engine)
            throws TokenConfigException {
        return software.config().toBuilder().engine(engine).build();
    }

    @AfterAll
    void close() {
        token.close();
        software.close();
    }

    @Override
    protected SealerFactory factory() {
        return token.sealers();
    }

    @Override
    protected Provider reference() {
        return Security.getProvider("SunJCE");
    }
}
