/**
 * A run of the benchmarks: which cells, in which order, by which process; what was found, what it
 * comes to, and where it is written.
 */
@NullMarked
package org.sslwrite.bench.run;

import org.jspecify.annotations.NullMarked;
