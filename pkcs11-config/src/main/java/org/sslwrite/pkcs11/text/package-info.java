/** Checks of text that a person has written. Imports nothing of this project. */
@NullMarked
package org.sslwrite.pkcs11.text;

import org.jspecify.annotations.NullMarked;
