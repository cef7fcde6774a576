/**
 * What a run found, for people: the HTML report with its plots and words, and two runs side by
 * side. Reads {@link org.sslwrite.bench.result} and measures nothing.
 */
@NullMarked
package org.sslwrite.bench.report;

import org.jspecify.annotations.NullMarked;
