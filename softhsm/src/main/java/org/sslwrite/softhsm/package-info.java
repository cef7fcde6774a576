/// Software tokens for tests and demos: provisioning, a JUnit extension, suites that need a token.
/// May use `engine` and `pkcs11-config`.
@NullMarked
package org.sslwrite.softhsm;

import org.jspecify.annotations.NullMarked;
