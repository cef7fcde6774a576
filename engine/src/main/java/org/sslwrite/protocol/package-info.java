/**
 * Facts of the TLS specifications: versions, cipher suites and what they are made of, content
 * types, sizes of records.
 *
 * <p>Imports nothing of this project.
 */
@NullMarked
package org.sslwrite.protocol;

import org.jspecify.annotations.NullMarked;
