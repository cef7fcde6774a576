/**
 * AES-GCM for TLS records in machine code that is written here, for processors with VAES,
 * VPCLMULQDQ and AVX-512: one call seals a record, nonce, additional data and content type
 * included.
 *
 * <p>{@link org.sslwrite.seal.nativelib.vaes.GcmCode} writes the code by {@link
 * org.sslwrite.seal.nativelib.vaes.Assembler}, {@link
 * org.sslwrite.seal.nativelib.vaes.ExecutableMemory} puts it where it can be called, and {@link
 * org.sslwrite.seal.nativelib.vaes.Vaes} knows why it cannot run on a machine. Who calls it must
 * compare it with another implementation first.
 *
 * <p>Imports nothing of this project.
 */
@NullMarked
package org.sslwrite.seal.nativelib.vaes;

import org.jspecify.annotations.NullMarked;
