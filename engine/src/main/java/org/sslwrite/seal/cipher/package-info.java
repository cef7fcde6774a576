/**
 * What engines over a cipher API share: nonce and additional data of AEAD records, and keys that
 * can be wiped. Exported to {@code org.sslwrite.accel} only.
 *
 * <p>May import {@code org.sslwrite.seal} and {@code org.sslwrite.protocol}.
 */
@NullMarked
package org.sslwrite.seal.cipher;

import org.jspecify.annotations.NullMarked;
