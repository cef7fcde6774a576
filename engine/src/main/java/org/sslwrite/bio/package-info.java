/**
 * Transports: where records leave and enter. A {@link org.sslwrite.bio.Bio} moves bytes and says
 * "retry", "closed" or how many; it knows nothing of TLS.
 *
 * <p>May import nothing else of the engine.
 */
@NullMarked
package org.sslwrite.bio;

import org.jspecify.annotations.NullMarked;
