/**
 * The seam between record assembly and the engines that seal: {@link
 * org.sslwrite.seal.RecordSealer} seals one record, {@link org.sslwrite.seal.SealerFactory} makes
 * sealers, {@link org.sslwrite.seal.SealerChain} chooses among factories and keeps the reasons
 * against those it did not choose. Facts about suites and versions live here too.
 *
 * <p>May import nothing else of the engine.
 */
@NullMarked
package org.sslwrite.seal;

import org.jspecify.annotations.NullMarked;
