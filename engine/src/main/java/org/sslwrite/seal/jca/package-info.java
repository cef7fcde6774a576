/**
 * Sealers over any JCA provider: SunJCE (AES-NI and VAES intrinsics), Bouncy Castle, or one named
 * by the user.
 *
 * <p>May import {@code org.sslwrite.seal}; knows no other engine.
 */
@NullMarked
package org.sslwrite.seal.jca;

import org.jspecify.annotations.NullMarked;
