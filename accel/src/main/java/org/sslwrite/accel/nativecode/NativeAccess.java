package org.sslwrite.accel.nativecode;

/** Whether this module may call native code, which Java asks its user. */
public final class NativeAccess {
    private NativeAccess() {}

    /** Why it may not, with the option that lets it. */
    public static String refusal() {
        Module module = NativeAccess.class.getModule();
        return "calls into C are forbidden; start java with --enable-native-access="
                + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }
}
