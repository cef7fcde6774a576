/**
 * A JVM of its own for each engine and kind of buffer, which measures some cells and tells what it
 * found, cell by cell: so one engine cannot spoil another's compiled code or providers, a crash or
 * a hang costs the cells that it hits, and what was measured before is kept.
 */
@NullMarked
package org.sslwrite.bench.fork;

import org.jspecify.annotations.NullMarked;
