package org.sslwrite.event;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A new key for writing: which engine has it, and why no other. */
@Name("org.sslwrite.KeyEpoch")
@Label("Write Key Epoch")
@Category("sslwrite")
@StackTrace(false)
public final class KeyEpochEvent extends Event {
    /** As in TLSv1.3. */
    @Label("Version")
    public String version = "";

    /** The suite's IANA name. */
    @Label("Cipher Suite")
    public String suite = "";

    /** What seals. */
    @Label("Engine")
    public String engine = "";

    /** The engine with those passed over, and the reasons. */
    @Label("Choice")
    public String choice = "";
}
