package org.sslwrite.softhsm.failure;

import org.sslwrite.softhsm.failure.FailingFunctions.Fault;

/** What a module can do wrong. */
final class Faults {
    /** Where C_Encrypt and C_Sign are told how much room there is, and tell how much they gave. */
    private static final int OUTPUT = 3;

    private static final int OUTPUT_LENGTH = 4;

    /** The same of C_EncryptMessage. */
    private static final int MESSAGE_OUTPUT = 7;

    private static final int MESSAGE_OUTPUT_LENGTH = 8;

    private Faults() {}

    private static boolean isMessage(Call call) {
        return call.function().equals("C_EncryptMessage");
    }

    private static long output(Call call) {
        return call.argument(isMessage(call) ? MESSAGE_OUTPUT : OUTPUT);
    }

    private static long outputLength(Call call) {
        return call.argument(isMessage(call) ? MESSAGE_OUTPUT_LENGTH : OUTPUT_LENGTH);
    }

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

    /** C_Encrypt, C_EncryptMessage or C_Sign: does it, and gives a wrong length for the output. */
    static Fault lyingBy(long delta) {
        return (call, module) -> {
            long rv = module.getAsLong();
            long length = outputLength(call);
            NativeMemory.ulong(length, NativeMemory.ulong(length) + delta);
            return rv;
        };
    }

    /** The same: gives the right number of wrong bytes, and says that all is well. */
    static Fault garbage() {
        return (call, module) -> {
            long rv = module.getAsLong();
            NativeMemory.fill(output(call), NativeMemory.ulong(outputLength(call)), 0x5A);
            return rv;
        };
    }
}
