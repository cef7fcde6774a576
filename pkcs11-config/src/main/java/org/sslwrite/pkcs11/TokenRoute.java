package org.sslwrite.pkcs11;

/** The way to a token. */
public enum TokenRoute {
    /** The PKCS#11 C API, called directly. */
    CRYPTOKI,
    /** The JDK's SunPKCS11 provider. */
    SUNPKCS11
}
