/**
 * The engine {@code ipsec-mb}: AES-GCM and ChaCha20-Poly1305 by intel-ipsec-mb, a C library, which
 * is optional. {@link org.sslwrite.accel.ipsecmb.IpsecMbLocator} finds it at run time, or says why
 * there is none. The library uses the best instructions of the CPU that it runs on.
 *
 * <p>May import {@code org.sslwrite.accel.nativecode}.
 */
@NullMarked
package org.sslwrite.accel.ipsecmb;

import org.jspecify.annotations.NullMarked;
