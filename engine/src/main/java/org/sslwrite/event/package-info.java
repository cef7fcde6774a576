/**
 * Flight recorder events: handshakes, key epochs, offload fallbacks, records. They hold names,
 * numbers and reasons, never a key, a PIN or a byte of plaintext. May import nothing of the engine.
 */
@NullMarked
package org.sslwrite.event;

import org.jspecify.annotations.NullMarked;
