package org.sslwrite.pkcs11.cryptoki.ffi;

import org.sslwrite.pkcs11.TokenException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Loads a PKCS#11 module, or says why it is none. A loaded library stays until the process ends.
 */
@SuppressWarnings("restricted") // calling into C is what this is for
public final class NativeLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final long RTLD_LAZY = 1;
    private static final String SUFFIX = "GetFunctionList";

    /** The function that every module has. */
    public static final String C_GET_FUNCTION_LIST = "C_" + SUFFIX;

    private NativeLibrary() {}

    /**
     * @param functionList the function that gives the list of functions
     */
    public static CryptokiFunctions load(Path library, String functionList) throws TokenException {
        refuseOtherPlatforms();
        if (!Files.isRegularFile(library)) {
            throw new TokenException(
                    "PKCS#11 module "
                            + library
                            + ": no such file; install the token's software or correct the path");
        }
        refuseCutOff(library);
        SymbolLookup symbols = open(library);
        long list = functionList(library, functionList, symbols);
        return new NativeFunctions(list, functionList3(functionList, symbols));
    }

    private static void refuseOtherPlatforms() throws TokenException {
        long ulong = LINKER.canonicalLayouts().get("long").byteSize();
        if (ulong != Long.BYTES || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
            throw new TokenException(
                    "the PKCS#11 C API is bound for 64-bit Linux and macOS only (here CK_ULONG has "
                            + ulong
                            + " bytes); use the SUNPKCS11 engine");
        }
    }

    private static void refuseCutOff(Path library) throws TokenException {
        boolean cutOff;
        try {
            cutOff = ElfFile.isCutOff(library);
        } catch (IOException e) {
            return; // the loader says what is wrong
        }
        if (cutOff) {
            throw new TokenException(
                    "PKCS#11 module "
                            + library
                            + ": cannot be loaded: the file is cut off; install the token's"
                            + " software again");
        }
    }

    private static SymbolLookup open(Path library) throws TokenException {
        try {
            return SymbolLookup.libraryLookup(library, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new TokenException(
                    "PKCS#11 module "
                            + library
                            + ": cannot be loaded: "
                            + whyNot(library)
                            + "; it must be a shared library for this system, with all that it"
                            + " needs installed",
                    e);
        } catch (IllegalCallerException e) {
            throw new TokenException(
                    "PKCS#11 module "
                            + library
                            + ": calls into C are forbidden; start java with"
                            + " --enable-native-access="
                            + nativeAccessName(),
                    e);
        }
    }

    private static String nativeAccessName() {
        Module module = NativeLibrary.class.getModule();
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    /** What the dynamic loader says, which {@link SymbolLookup} doesn't tell. */
    private static String whyNot(Path library) {
        SymbolLookup system = LINKER.defaultLookup();
        MemorySegment dlopen = system.find("dlopen").orElse(null);
        MemorySegment dlerror = system.find("dlerror").orElse(null);
        if (dlopen == null || dlerror == null) {
            return "unknown reason";
        }
        try (Arena arena = Arena.ofConfined()) {
            long handle = call(dlopen, arena.allocateFrom(library.toString()).address(), RTLD_LAZY);
            long text = call(dlerror);
            return handle != 0 || text == 0 ? "unknown reason" : Memory.text(text);
        }
    }

    private static long functionList(Path library, String name, SymbolLookup symbols)
            throws TokenException {
        MemorySegment function = symbols.find(name).orElseThrow(() -> missing(library, name));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(ValueLayout.JAVA_LONG);
            long rv = call(function, list.address());
            long address = list.get(ValueLayout.JAVA_LONG, 0);
            if (rv != Ckr.CKR_OK || address == 0) {
                throw new CryptokiException(
                        "PKCS#11 module " + library,
                        name,
                        rv,
                        "gave no function list; the module cannot be used");
            }
            requireVersion2(library, address);
            return address;
        }
    }

    private static TokenException missing(Path library, String name) {
        String exports = "PKCS#11 module " + library + ": exports no " + name;
        return new TokenException(
                name.equals(C_GET_FUNCTION_LIST)
                        ? exports + ", so it is not a PKCS#11 module; correct the path"
                        : exports + "; correct function-list, or leave it out");
    }

    private static void requireVersion2(Path library, long list) throws TokenException {
        int major = Memory.octet(list);
        int minor = Memory.octet(list + 1);
        // 2.x and 3.x lists start alike; version 1 had other structures.
        if (major != 2 && major != 3) {
            throw new TokenException(
                    "PKCS#11 module "
                            + library
                            + ": its function list is of version "
                            + major
                            + "."
                            + minor
                            + "; versions 2 and 3 are supported");
        }
    }

    /** The list of the interface of version 3.0, 0 if the module offers none. */
    private static long functionList3(String functionList, SymbolLookup symbols) {
        if (!functionList.endsWith(SUFFIX)) {
            return 0;
        }
        // C_GetInterface; FC_GetInterface beside FC_GetFunctionList.
        String prefix = functionList.substring(0, functionList.length() - SUFFIX.length());
        MemorySegment function = symbols.find(prefix + "GetInterface").orElse(null);
        if (function == null) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("PKCS 11");
            MemorySegment version = arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 3, (byte) 0);
            MemorySegment found = arena.allocate(ValueLayout.JAVA_LONG);
            long rv = call(function, name.address(), version.address(), found.address(), 0L);
            long address = found.get(ValueLayout.JAVA_LONG, 0);
            if (rv != Ckr.CKR_OK || address == 0) {
                return 0;
            }
            long list = Memory.ulong(address + Layouts.offset(Layouts.INTERFACE, "pFunctionList"));
            return list != 0 && Memory.octet(list) == 3 ? list : 0;
        }
    }

    private static long call(MemorySegment function, long... arguments) {
        MemoryLayout[] longs = new MemoryLayout[arguments.length];
        Arrays.fill(longs, ValueLayout.JAVA_LONG);
        MethodHandle handle =
                LINKER.downcallHandle(
                        function, FunctionDescriptor.of(ValueLayout.JAVA_LONG, longs));
        try {
            return (long) handle.asSpreader(long[].class, arguments.length).invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
