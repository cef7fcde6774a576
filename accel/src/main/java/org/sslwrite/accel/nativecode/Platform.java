package org.sslwrite.accel.nativecode;

import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.Set;

/** Where functions are called as native code of this room expects it. */
public final class Platform {
    private Platform() {}

    /** Why native code cannot be used on this system; null if it may. */
    public static @Nullable String objection() {
        return objectionTo(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    public static @Nullable String objectionTo(String system, String architecture) {
        boolean linux = system.toLowerCase(Locale.ROOT).startsWith("linux");
        if (linux && Set.of("amd64", "x86_64").contains(architecture)) {
            return null;
        }
        return "is used on Linux for x86-64 only, not on " + system + " for " + architecture;
    }
}
