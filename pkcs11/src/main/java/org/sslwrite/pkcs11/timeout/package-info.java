/**
 * Time limits of calls to a token. A call that may hang runs on a thread of its own. Imports no
 * other package of this module.
 */
@NullMarked
package org.sslwrite.pkcs11.timeout;

import org.jspecify.annotations.NullMarked;
