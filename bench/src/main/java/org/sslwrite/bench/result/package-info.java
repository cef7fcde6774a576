/** What a run of the benchmarks found: plain data, from measuring to report. */
@NullMarked
package org.sslwrite.bench.result;

import org.jspecify.annotations.NullMarked;
