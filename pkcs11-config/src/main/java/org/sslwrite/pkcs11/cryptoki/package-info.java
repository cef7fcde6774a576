/// The PKCS#11 C API through java.lang.foreign: functions, modules, tokens, operations. May import
/// the package above it.
@NullMarked
package org.sslwrite.pkcs11.cryptoki;

import org.jspecify.annotations.NullMarked;
