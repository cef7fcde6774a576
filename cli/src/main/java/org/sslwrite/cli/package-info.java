/**
 * The {@code sslwrite} command: sends files through {@code Ssl.write} over sockets and says what
 * came of it.
 *
 * <p>May import the public packages of every module, picocli, progressbar and httpcore5; nothing
 * imports it.
 */
@NullMarked
package org.sslwrite.cli;

import org.jspecify.annotations.NullMarked;
