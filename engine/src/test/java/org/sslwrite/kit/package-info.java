/**
 * What tests of a connection are made of: transports that follow a script or misbehave, the other
 * end (the JDK's TLS, one of our own, or one that seals anything), certificates, and a look at the
 * records on the wire. Uses the engine's public API only.
 */
package org.sslwrite.kit;
