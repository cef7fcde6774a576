/**
 * What engines in native code share. {@link org.sslwrite.accel.nativecode.NativeSealer} seals a
 * record through {@code java.lang.foreign}: it reads the plaintext where it lies and writes the
 * record where it belongs. {@link org.sslwrite.accel.nativecode.NativeSelfTest} compares an engine
 * with SunJCE before it seals anything.
 *
 * <p>Imports no other package of this module.
 */
@NullMarked
package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.NullMarked;
