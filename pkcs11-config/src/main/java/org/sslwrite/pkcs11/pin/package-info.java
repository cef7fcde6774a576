/**
 * Where the PIN of a token comes from: a file, an environment variable, a person at the terminal,
 * or the program. May import {@code org.sslwrite.pkcs11} and {@code .text}.
 */
@NullMarked
package org.sslwrite.pkcs11.pin;

import org.jspecify.annotations.NullMarked;
