package org.sslwrite.bench.engine;

import org.jspecify.annotations.Nullable;
import org.sslwrite.accel.ipsecmb.IpsecMbSealerFactory;
import org.sslwrite.accel.vaes.VaesSealerFactory;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.TokenRoute;
import org.sslwrite.pkcs11.config.TokenConfig;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** Opens engines by their names. */
public final class Engines {
    private Engines() {}

    /** Whether an engine that needs no token can be had here. */
    public static boolean isThere(EngineName name) {
        try {
            open(name, null).close();
            return true;
        } catch (AbsentException e) {
            return false;
        }
    }

    /**
     * Opens one.
     *
     * @param token for those that need one
     * @throws AbsentException if it cannot be had here
     */
    public static Engine open(EngineName name, @Nullable TokenConfig token) throws AbsentException {
        try {
            return switch (name) {
                case VAES -> OurEngine.in(new VaesSealerFactory());
                case IPSEC_MB -> OurEngine.in(new IpsecMbSealerFactory());
                case SUNJCE -> OurEngine.sunJce();
                case BOUNCY_CASTLE -> OurEngine.bouncyCastle();
                case CRYPTOKI -> OurEngine.over(required(token), TokenRoute.CRYPTOKI);
                case SUNPKCS11 -> OurEngine.over(required(token), TokenRoute.SUNPKCS11);
                case JSSE -> JssePeer.jdk();
                case CONSCRYPT -> JssePeer.conscrypt();
                case TCNATIVE -> TcnativePeer.open();
                case BCJSSE -> JssePeer.bouncyCastle();
                case JSSE_SUNPKCS11 -> TokenFirstPeer.over(required(token));
                case OPENSSL_SPEED, C_LOOP, C_MESSAGE_LOOP ->
                        throw new AbsentException(name + " is a program of its own");
            };
        } catch (GeneralSecurityException
                | IOException
                | TokenException
                | RuntimeException
                | LinkageError e) {
            // LinkageError: a library that is not there for this platform.
            throw AbsentException.because(e);
        }
    }

    private static TokenConfig required(@Nullable TokenConfig token) throws AbsentException {
        if (token == null) {
            throw new AbsentException("no token was given");
        }
        return token;
    }
}
