package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.cryptoki.ffi.TokenInfo;

/**
 * A slot of a module.
 *
 * @param id CK_SLOT_ID, which may change when a token is initialised or the module loaded anew
 * @param token null if there is none in it
 */
public record Slot(long id, String description, String manufacturer, @Nullable TokenInfo token) {
    /** For messages: label, serial number, slot. */
    String describe() {
        if (token == null) {
            return "slot " + id + " without a token";
        }
        return token.isInitialized()
                ? "\"" + token.label() + "\" (serial " + token.serial() + ", slot " + id + ")"
                : "an uninitialised one (slot " + id + ")";
    }
}
