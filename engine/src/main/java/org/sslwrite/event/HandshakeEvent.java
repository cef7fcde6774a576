package org.sslwrite.event;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

import org.jspecify.annotations.Nullable;

/** The first handshake of a connection, from its first step to its end, good or bad. */
@Name("org.sslwrite.Handshake")
@Label("TLS Handshake")
@Category("sslwrite")
@StackTrace(false)
public final class HandshakeEvent extends Event {
    /** CLIENT or SERVER. */
    @Label("Role")
    public @Nullable String role;

    /** As in TLSv1.3; null if it failed. */
    @Label("Version")
    public @Nullable String version;

    /** The suite's IANA name; null if it failed. */
    @Label("Cipher Suite")
    public @Nullable String suite;

    /** What seals application data; null if it failed. */
    @Label("Engine")
    public @Nullable String engine;

    /** Why it failed; null if it did not. */
    @Label("Failure")
    @Description("The reason why the handshake failed")
    public @Nullable String failure;
}
