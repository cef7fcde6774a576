package org.sslwrite.event;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

import org.jspecify.annotations.Nullable;

/** An engine has failed; another has taken over, or none. */
@Name("org.sslwrite.OffloadFallback")
@Label("Offload Fallback")
@Category("sslwrite")
@StackTrace(false)
public final class OffloadFallbackEvent extends Event {
    /** The engine that failed. */
    @Label("Engine")
    public String engine = "";

    /** The engine that goes on; null if none does. */
    @Label("Successor")
    public @Nullable String successor;

    /** What the engine said. */
    @Label("Reason")
    public String reason = "";
}
