/**
 * How a token and a key in it are named, and the errors that name them. Imports only {@code
 * org.sslwrite.pkcs11.text}.
 */
@NullMarked
package org.sslwrite.pkcs11;

import org.jspecify.annotations.NullMarked;
