package org.sslwrite.event;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

import org.jspecify.annotations.Nullable;

/** One record being sealed. Off unless a recording turns it on: there are many. */
@Name("org.sslwrite.Record")
@Label("Record Sealed")
@Category("sslwrite")
@Enabled(false)
@StackTrace(false)
public final class RecordEvent extends Event {
    private static final EventType TYPE = EventType.getEventType(RecordEvent.class);

    /** What seals. */
    @Label("Engine")
    public String engine = "";

    /** RFC 8446 section 5.1. */
    @Label("Content Type")
    public int contentType;

    /** Bytes of content. */
    @Label("Content Length")
    public int length;

    private RecordEvent() {}

    /** Begins one; null unless a recording wants it. */
    public static @Nullable RecordEvent beginIfWanted() {
        if (!TYPE.isEnabled()) {
            return null;
        }
        RecordEvent event = new RecordEvent();
        event.begin();
        return event;
    }

    /** Ends one that was begun. */
    public static void end(
            @Nullable RecordEvent event, String engine, int contentType, int length) {
        if (event != null) {
            event.engine = engine;
            event.contentType = contentType;
            event.length = length;
            event.commit();
        }
    }
}
