/**
 * Private keys in a token, whatever the route to it: their signatures as a JCA provider, and the
 * choice of the mechanism. Imports no other package of this module.
 */
@NullMarked
package org.sslwrite.pkcs11.key;

import org.jspecify.annotations.NullMarked;
