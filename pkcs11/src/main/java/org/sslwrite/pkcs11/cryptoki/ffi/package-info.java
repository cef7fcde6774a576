/**
 * The C header of PKCS#11 in Java: functions, structures, constants, called through {@code
 * java.lang.foreign}. May import {@code org.sslwrite.pkcs11.timeout}.
 */
@NullMarked
package org.sslwrite.pkcs11.cryptoki.ffi;

import org.jspecify.annotations.NullMarked;
