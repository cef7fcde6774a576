package org.sslwrite.pkcs11;

/** The way to a token. */
public enum TokenEngine {
    /** The PKCS#11 C API, called directly. */
    CRYPTOKI,
    /** The JDK's SunPKCS11 provider. */
    SUNPKCS11
}
