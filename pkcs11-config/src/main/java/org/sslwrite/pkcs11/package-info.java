/// What a PKCS#11 token is and how to reach it: descriptions, PIN sources, keys, modules by vendor.
/// May use the JDK only, and nothing of the packages below it.
@NullMarked
package org.sslwrite.pkcs11;

import org.jspecify.annotations.NullMarked;
