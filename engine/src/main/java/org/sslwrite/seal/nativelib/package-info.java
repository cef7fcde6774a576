/**
 * Records sealed by intel-ipsec-mb, a C library, through {@code java.lang.foreign}: AES-GCM and
 * ChaCha20-Poly1305 with the instructions that the library finds in this CPU, on the plaintext
 * where it lies and into the place where the record belongs.
 *
 * <p>The library is optional. {@link org.sslwrite.seal.nativelib.IpsecMb} finds it at run time, or
 * knows why there is none; {@link org.sslwrite.seal.nativelib.NativeSelfTest} compares it with
 * SunJCE before it seals anything.
 *
 * <p>May import {@code org.sslwrite.seal}; knows no other engine.
 */
@NullMarked
package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.NullMarked;
