/**
 * Tokens that break: what each policy promises then, over real tokens that are broken for real, and
 * where no real token breaks on demand over {@link org.sslwrite.softhsm.failure.FailingFunctions},
 * a mock at the C API seam. Keeps account of every key and nonce, session and object.
 */
@NullMarked
package org.sslwrite.softhsm.failure;

import org.jspecify.annotations.NullMarked;
