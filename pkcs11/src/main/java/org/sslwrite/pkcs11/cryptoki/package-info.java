/**
 * Tokens by the C API: modules, sessions, logins, objects and operations. May import {@code
 * org.sslwrite.pkcs11.cryptoki.ffi}, {@code .timeout} and {@code .key}.
 */
@NullMarked
package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.NullMarked;
