package org.sslwrite.softhsm.failure;

import org.sslwrite.softhsm.failure.FailingFunctions.Fault;

/** What a module can do wrong. */
final class Faults {
    /** Where C_Encrypt and C_Sign are told how much room there is, and tell how much they gave. */
    private static final int OUTPUT = 3;

    private static final int OUTPUT_LENGTH = 4;

    private Faults() {}

    /** Does nothing, and says this. */
    static Fault answering(long rv) {
        return (call, module) -> rv;
    }

    /** Does what was asked, and says this nevertheless. */
    static Fault answeringAfterwards(long rv) {
        return (call, module) -> {
            module.getAsLong();
            return rv;
        };
    }

    /** C_Encrypt or C_Sign: does it, and gives a wrong length for the output. */
    static Fault lyingBy(long delta) {
        return (call, module) -> {
            long rv = module.getAsLong();
            long length = call.argument(OUTPUT_LENGTH);
            NativeMemory.ulong(length, NativeMemory.ulong(length) + delta);
            return rv;
        };
    }

    /** C_Encrypt or C_Sign: gives the right number of wrong bytes, and says that all is well. */
    static Fault garbage() {
        return (call, module) -> {
            long rv = module.getAsLong();
            long length = NativeMemory.ulong(call.argument(OUTPUT_LENGTH));
            NativeMemory.fill(call.argument(OUTPUT), length, 0x5A);
            return rv;
        };
    }
}
