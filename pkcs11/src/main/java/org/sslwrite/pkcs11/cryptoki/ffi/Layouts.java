package org.sslwrite.pkcs11.cryptoki.ffi;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * The structures of the PKCS#11 header as C compilers lay them out where CK_ULONG and pointers have
 * 8 bytes and nothing is packed: Linux and macOS, 64 bits.
 */
public final class Layouts {
    public static final StructLayout INITIALIZE_ARGS =
            structLayout(
                    ulong("CreateMutex"),
                    ulong("DestroyMutex"),
                    ulong("LockMutex"),
                    ulong("UnlockMutex"),
                    ulong("flags"),
                    ulong("pReserved"),
                    // NSS calls pReserved LibraryParameters and reads one pointer more.
                    ulong("pReservedOfNss"));

    public static final StructLayout INFO =
            structLayout(
                    version("cryptokiVersion"),
                    text("manufacturerID", 32),
                    paddingLayout(6),
                    ulong("flags"),
                    text("libraryDescription", 32),
                    version("libraryVersion"),
                    paddingLayout(6));

    public static final StructLayout SLOT_INFO =
            structLayout(
                    text("slotDescription", 64),
                    text("manufacturerID", 32),
                    ulong("flags"),
                    version("hardwareVersion"),
                    version("firmwareVersion"),
                    paddingLayout(4));

    public static final StructLayout TOKEN_INFO =
            structLayout(
                    text("label", 32),
                    text("manufacturerID", 32),
                    text("model", 16),
                    text("serialNumber", 16),
                    ulong("flags"),
                    ulong("ulMaxSessionCount"),
                    ulong("ulSessionCount"),
                    ulong("ulMaxRwSessionCount"),
                    ulong("ulRwSessionCount"),
                    ulong("ulMaxPinLen"),
                    ulong("ulMinPinLen"),
                    ulong("ulTotalPublicMemory"),
                    ulong("ulFreePublicMemory"),
                    ulong("ulTotalPrivateMemory"),
                    ulong("ulFreePrivateMemory"),
                    version("hardwareVersion"),
                    version("firmwareVersion"),
                    text("utcTime", 16),
                    paddingLayout(4));

    public static final StructLayout SESSION_INFO =
            structLayout(ulong("slotID"), ulong("state"), ulong("flags"), ulong("ulDeviceError"));

    public static final StructLayout MECHANISM_INFO =
            structLayout(ulong("ulMinKeySize"), ulong("ulMaxKeySize"), ulong("flags"));

    public static final StructLayout MECHANISM =
            structLayout(ulong("mechanism"), ulong("pParameter"), ulong("ulParameterLen"));

    public static final StructLayout ATTRIBUTE =
            structLayout(ulong("type"), ulong("pValue"), ulong("ulValueLen"));

    static final StructLayout INTERFACE =
            structLayout(ulong("pInterfaceName"), ulong("pFunctionList"), ulong("flags"));

    /** CK_GCM_PARAMS as PKCS#11 2.40 errata 01 and 3.0 have it. */
    static final StructLayout GCM_PARAMS =
            structLayout(
                    ulong("pIv"),
                    ulong("ulIvLen"),
                    ulong("ulIvBits"),
                    ulong("pAAD"),
                    ulong("ulAADLen"),
                    ulong("ulTagBits"));

    /** CK_GCM_PARAMS as the text, but not the header, of PKCS#11 2.40 has it. */
    static final StructLayout GCM_PARAMS_WITHOUT_IV_BITS =
            structLayout(
                    ulong("pIv"),
                    ulong("ulIvLen"),
                    ulong("pAAD"),
                    ulong("ulAADLen"),
                    ulong("ulTagBits"));

    static final StructLayout SALSA20_CHACHA20_POLY1305_PARAMS =
            structLayout(ulong("pNonce"), ulong("ulNonceLen"), ulong("pAAD"), ulong("ulAADLen"));

    public static final StructLayout GCM_MESSAGE_PARAMS =
            structLayout(
                    ulong("pIv"),
                    ulong("ulIvLen"),
                    ulong("ulIvFixedBits"),
                    ulong("ivGenerator"),
                    ulong("pTag"),
                    ulong("ulTagBits"));

    public static final StructLayout RSA_PKCS_PSS_PARAMS =
            structLayout(ulong("hashAlg"), ulong("mgf"), ulong("sLen"));

    private Layouts() {}

    /** Where in the structure a member is. */
    public static long offset(StructLayout structure, String member) {
        return structure.byteOffset(groupElement(member));
    }

    private static MemoryLayout ulong(String name) {
        return ValueLayout.JAVA_LONG.withName(name);
    }

    private static MemoryLayout text(String name, int bytes) {
        return sequenceLayout(bytes, ValueLayout.JAVA_BYTE).withName(name);
    }

    private static MemoryLayout version(String name) {
        return sequenceLayout(2, ValueLayout.JAVA_BYTE).withName(name);
    }
}
