package org.sslwrite.pkcs11.cryptoki;

/** How a token keeps the traffic keys that are given to it. */
public enum KeyProtection {
    /** No key was given to it yet. */
    UNKNOWN,
    /** CKA_SENSITIVE, not CKA_EXTRACTABLE: nobody reads them out again. */
    SENSITIVE,
    /** The token refuses keys with these attributes, so they have what it gives by default. */
    TOKEN_DEFAULT
}
