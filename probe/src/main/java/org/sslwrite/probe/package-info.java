/**
 * Finds out what a token can do for TLS, by known answers, on both routes: {@link
 * org.sslwrite.probe.Probe} tries, {@link org.sslwrite.probe.ProbeReport} says what it found.
 */
@NullMarked
package org.sslwrite.probe;

import org.jspecify.annotations.NullMarked;
