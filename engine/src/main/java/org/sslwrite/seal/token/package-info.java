/**
 * Records sealed by a PKCS#11 token, through its C API or through SunPKCS11. May import {@code
 * .seal} and the module {@code org.sslwrite.pkcs11}.
 *
 * <p>Both ways are one sealer for AEADs and one for CBC with HMAC, over operations that work in
 * place on direct memory. Before a token is used for a suite, it must have sealed records that
 * another implementation opens.
 */
@NullMarked
package org.sslwrite.seal.token;

import org.jspecify.annotations.NullMarked;
