/**
 * The public face: {@link org.sslwrite.Ssl} is one connection with the contract of {@code
 * SSL_write(3)}, {@link org.sslwrite.SslContext} its factory.
 *
 * <p>May import every other room of the engine; no other room imports this one.
 */
@NullMarked
package org.sslwrite;

import org.jspecify.annotations.NullMarked;
