/**
 * Rows against TLS programs that nobody here wrote: OpenSSL's and GnuTLS's own clients and servers,
 * each a process at the other end of a TCP connection. A {@link org.sslwrite.interop.Row} says what
 * both sides are told to do and what must come of it.
 */
@NullMarked
package org.sslwrite.interop;

import org.jspecify.annotations.NullMarked;
