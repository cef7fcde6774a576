/**
 * Everything that is not application data: handshake, alerts, KeyUpdate and the read side, all
 * Bouncy Castle's. This is the only room that imports {@code org.bouncycastle.tls}; what it writes
 * is sealed by the same epoch, key and counter as application data.
 *
 * <p>May import {@code org.sslwrite.seal} and {@code org.sslwrite.record}.
 */
@NullMarked
package org.sslwrite.handshake;

import org.jspecify.annotations.NullMarked;
