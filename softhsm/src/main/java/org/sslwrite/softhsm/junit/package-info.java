/// JUnit 5 tests with a software token. May import the package above it and JUnit, which nothing
/// else here needs.
@NullMarked
package org.sslwrite.softhsm.junit;

import org.jspecify.annotations.NullMarked;
