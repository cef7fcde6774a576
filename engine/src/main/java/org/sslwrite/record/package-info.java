/**
 * Pure record assembly: fragmenting, record layout, the one sequence number of an epoch, its
 * limits, and the buffer of sealed records that wait for the transport. No crypto provider, no
 * native code, no Bouncy Castle.
 *
 * <p>May import {@code org.sslwrite.seal}.
 */
@NullMarked
package org.sslwrite.record;

import org.jspecify.annotations.NullMarked;
