/// Tokens through the JDK's SunPKCS11 provider. May import the package above it and, to find slots,
/// .cryptoki.
@NullMarked
package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.NullMarked;
