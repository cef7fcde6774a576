/**
 * Records sealed by native code through {@code java.lang.foreign}, on the plaintext where it lies
 * and into the place where the record belongs ({@link org.sslwrite.seal.nativelib.NativeSealer}).
 *
 * <p>There are two engines. {@code vaes} is our own code for AES-GCM, for processors with AVX-512.
 * {@code ipsec-mb} is intel-ipsec-mb, a C library, which is optional: {@link
 * org.sslwrite.seal.nativelib.IpsecMb} finds it at run time, or knows why there is none; it has
 * AES-GCM and ChaCha20-Poly1305 with the instructions that it finds in this CPU. {@link
 * org.sslwrite.seal.nativelib.NativeSelfTest} compares each with SunJCE before it seals anything.
 *
 * <p>May import {@code org.sslwrite.seal} and {@code org.sslwrite.seal.nativelib.vaes}; knows no
 * other engine.
 */
@NullMarked
package org.sslwrite.seal.nativelib;

import org.jspecify.annotations.NullMarked;
