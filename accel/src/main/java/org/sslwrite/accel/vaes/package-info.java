/**
 * The engine {@code vaes}: AES-GCM in machine code of this project, for processors with VAES,
 * VPCLMULQDQ and AVX-512. One call seals a record, nonce, additional data and content type
 * included.
 *
 * <p>{@link org.sslwrite.accel.vaes.GcmCode} writes the code by {@link
 * org.sslwrite.accel.vaes.Assembler}, {@link org.sslwrite.accel.vaes.ExecutableMemory} puts it
 * where it can be called, and {@link org.sslwrite.accel.vaes.Vaes} says why it cannot run on a
 * machine.
 *
 * <p>May import {@code org.sslwrite.accel.nativecode}.
 */
@NullMarked
package org.sslwrite.accel.vaes;

import org.jspecify.annotations.NullMarked;
