/**
 * What is measured without a TLS library, by programs of their own: what the machine or the token
 * gives at most.
 */
@NullMarked
package org.sslwrite.bench.yardstick;

import org.jspecify.annotations.NullMarked;
