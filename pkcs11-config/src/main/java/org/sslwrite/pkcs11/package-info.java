/// What a token is, how to reach it and what it can do: descriptions, PIN sources, SunPKCS11
/// provider configuration, the PKCS#11 C API binding, the probe. May use the JDK only.
///
/// Nothing is here yet.
@NullMarked
package org.sslwrite.pkcs11;

import org.jspecify.annotations.NullMarked;
