package org.sslwrite.accel.vaes;

import org.jspecify.annotations.Nullable;
import org.sslwrite.accel.nativecode.Platform;

/** Whether our own code is wanted in this process, and can run. */
public final class VaesSwitch {
    /** A system property that says {@code off} where it is not. */
    static final String PROPERTY = "org.sslwrite.vaes";

    /** The same in the environment; the property counts first. */
    public static final String VARIABLE = "SSLWRITE_VAES";

    private static final String OFF = "off";
    private static final String ON = "on";

    private VaesSwitch() {}

    /** Makes the code ready. Never throws. */
    public static Vaes.Result ofThisProcess() {
        String objection = objectionOf(System.getProperty(PROPERTY), System.getenv(VARIABLE));
        if (objection == null) {
            objection = Platform.objection();
        }
        return objection != null ? Vaes.Result.none(objection) : Vaes.ofThisMachine();
    }

    /** What the user has against it; null if nothing. */
    static @Nullable String objectionOf(@Nullable String property, @Nullable String variable) {
        boolean hasProperty = property != null && !property.isBlank();
        String value = hasProperty ? property : variable;
        String by =
                hasProperty
                        ? "the system property " + PROPERTY
                        : "the environment variable " + VARIABLE;
        if (value == null || value.isBlank() || value.strip().equals(ON)) {
            return null;
        }
        return value.strip().equals(OFF)
                ? "is turned off by " + by
                : by + " is neither on nor off but \"" + value.strip() + "\"";
    }
}
