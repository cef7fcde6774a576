/**
 * Who is measured: our engines and the other TLS libraries, all behind {@link
 * org.sslwrite.bench.engine.TlsWriter}, and the independent hands that open what they have sealed.
 */
@NullMarked
package org.sslwrite.bench.engine;

import org.jspecify.annotations.NullMarked;
