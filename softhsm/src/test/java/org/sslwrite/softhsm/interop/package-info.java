/**
 * Rows against TLS programs that nobody here wrote, with records sealed, and handshakes signed, in
 * real tokens. The peers and the rows are those of {@link org.sslwrite.interop}.
 */
@NullMarked
package org.sslwrite.softhsm.interop;

import org.jspecify.annotations.NullMarked;
