/** {@code ./verify} itself: what it installs, what it forgives. Imports nothing of ours. */
package org.sslwrite.verify;
