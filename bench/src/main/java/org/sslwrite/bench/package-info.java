/// JMH benchmarks of the engine. Run from a class path, not shipped.
@NullMarked
package org.sslwrite.bench;

import org.jspecify.annotations.NullMarked;
