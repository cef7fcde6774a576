/** Tokens by the JDK's provider SunPKCS11. May import all other packages of this module. */
@NullMarked
package org.sslwrite.pkcs11.sun;

import org.jspecify.annotations.NullMarked;
