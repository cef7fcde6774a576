package org.sslwrite.pkcs11.sun;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A private key of SunPKCS11.
 *
 * @param certificate shows its public half
 */
record SunKey(PrivateKey key, X509Certificate certificate) {}
