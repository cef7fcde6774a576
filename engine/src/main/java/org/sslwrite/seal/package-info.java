/**
 * What seals records: {@link org.sslwrite.seal.RecordSealer} seals one record, {@link
 * org.sslwrite.seal.SealerFactory} makes the sealers of one engine. Engines of other jars are found
 * by {@link java.util.ServiceLoader} as services of {@code SealerFactory}.
 *
 * <p>May import {@code org.sslwrite.protocol}.
 */
@NullMarked
package org.sslwrite.seal;

import org.jspecify.annotations.NullMarked;
