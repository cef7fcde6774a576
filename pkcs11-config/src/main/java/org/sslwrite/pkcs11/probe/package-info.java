/// Finds out by known answers what a token can do. May import the package above it, .cryptoki and
/// .sun.
@NullMarked
package org.sslwrite.pkcs11.probe;

import org.jspecify.annotations.NullMarked;
