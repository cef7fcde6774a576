/** What is known of the PKCS#11 modules of vendors. May import {@code org.sslwrite.pkcs11}. */
@NullMarked
package org.sslwrite.pkcs11.vendor;

import org.jspecify.annotations.NullMarked;
