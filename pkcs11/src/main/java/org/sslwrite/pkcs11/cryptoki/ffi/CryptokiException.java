package org.sslwrite.pkcs11.cryptoki.ffi;

import org.sslwrite.pkcs11.TokenException;

/**
 * A function of the PKCS#11 C API returned something else than CKR_OK, or gave something that
 * cannot be.
 */
public final class CryptokiException extends TokenException {
    private static final long serialVersionUID = 1L;

    private final String function;
    private final long rv;
    private boolean beforeInput;

    /** As in {@code SoftHSM2 token "web": C_Encrypt: CKR_DEVICE_ERROR}. */
    public CryptokiException(String token, String function, long rv) {
        super(token + ": " + function + ": " + Ckr.name(rv));
        this.function = function;
        this.rv = rv;
    }

    /** As above, with what more there is to say. */
    public CryptokiException(String token, String function, long rv, String detail) {
        super(token + ": " + function + ": " + Ckr.name(rv) + ": " + detail);
        this.function = function;
        this.rv = rv;
    }

    private CryptokiException(CryptokiException same) {
        super(same.getMessage(), same);
        this.function = same.function;
        this.rv = same.rv;
        this.beforeInput = same.beforeInput;
    }

    /** The same for another thread. */
    public CryptokiException again() {
        return new CryptokiException(this);
    }

    /** Notes that the call has not been made. */
    public CryptokiException beforeInput() {
        beforeInput = true;
        return this;
    }

    /** Whether the call has not been made, so that the token has seen nothing of its input. */
    public boolean isBeforeInput() {
        return beforeInput;
    }

    /** The function, as in {@code C_Encrypt}. */
    public String function() {
        return function;
    }

    /** The CK_RV. */
    public long rv() {
        return rv;
    }

    @Override
    public boolean incapable() {
        return Ckr.isIncapability(rv);
    }

    /** Its name, as in {@code CKR_DEVICE_ERROR}. */
    public String code() {
        return Ckr.name(rv);
    }
}
