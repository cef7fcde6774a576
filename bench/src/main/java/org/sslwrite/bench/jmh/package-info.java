/**
 * The benchmarks, for JMH: parameters, set-up, and the one line that is measured. {@code
 * org.openjdk.jmh.Main} runs them too, each cell in a JVM of its own.
 */
@NullMarked
package org.sslwrite.bench.jmh;

import org.jspecify.annotations.NullMarked;
