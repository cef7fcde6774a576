/**
 * Chooses an engine for each epoch: {@link org.sslwrite.seal.chain.SealerChain} asks the engines in
 * order and keeps the reasons against those that it passes over. {@link
 * org.sslwrite.seal.chain.Breaker} keeps new connections away from an engine that fails.
 *
 * <p>May import {@code org.sslwrite.seal} and {@code org.sslwrite.protocol}.
 */
@NullMarked
package org.sslwrite.seal.chain;

import org.jspecify.annotations.NullMarked;
