/**
 * The description of a token: {@link org.sslwrite.pkcs11.config.TokenConfig}, read from a file or a
 * {@code pkcs11:} URI (RFC 7512), and written as a file or as a configuration of SunPKCS11. May
 * import all other packages of this module.
 */
@NullMarked
package org.sslwrite.pkcs11.config;

import org.jspecify.annotations.NullMarked;
