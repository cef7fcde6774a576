/**
 * What a bulk transfer over a real socket costs in processor time: ours, and netty's pipeline with
 * tcnative beside it, each to the same reader, the JDK's TLS.
 */
@NullMarked
package org.sslwrite.bench.transfer;

import org.jspecify.annotations.NullMarked;
