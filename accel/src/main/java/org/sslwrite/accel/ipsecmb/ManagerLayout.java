package org.sslwrite.accel.ipsecmb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/**
 * The structure {@code IMB_MGR} once {@code init_mb_mgr_auto} has filled it: pointers to the
 * functions that are the best for this CPU.
 *
 * <p>Why not by name, as in {@code aes_gcm_enc_128_vaes_avx512}: which names go with which CPU
 * changes with every version (1.4 has SSE functions for some CPUs with AVX; 1.5 has some for AVX2
 * with VAES that it does not export), and a wrong choice ends the process. The layout has been the
 * same from 1.2 to 2.0, by promise ("changes here can break ABI compatibility", intel-ipsec-mb.h);
 * 3.0 changes it. Whether it is this one shows in the member before the first that is used: its
 * functions are exported, so it can be told whether it points to one.
 */
@SuppressWarnings("restricted") // the size of the structure is ours to know
final class ManagerLayout {
    private static final int AES128_CFB_ONE = 248;
    private static final int GCM_ENC = 256;
    private static final int GCM_INIT = 304;
    private static final int GCM_ENC_UPDATE = 328;
    private static final int GCM_ENC_FINALIZE = 376;
    private static final int GCM_PRE = 448;
    private static final int CHACHA20_POLY1305_INIT = 920;
    private static final int CHACHA20_POLY1305_ENC_UPDATE = 928;
    private static final int CHACHA20_POLY1305_FINALIZE = 944;
    private static final int END = 952;

    /** Each member of GCM stands there three times: for keys of 128, 192 and 256 bits. */
    private static final int KEY_128 = 0;

    private static final int KEY_256 = 16;

    private static final String[] AES128_CFB_ONE_NAMES = {
        "aes_cfb_128_one_avx512",
        "aes_cfb_128_one_avx2",
        "aes_cfb_128_one_avx",
        "aes_cfb_128_one_sse"
    };

    private final MemorySegment members;

    /**
     * Looks at a structure that is filled; it may be freed once the functions are known.
     *
     * @throws UnusableLibraryException if its layout is another
     */
    ManagerLayout(long address, SymbolLookup symbols) throws UnusableLibraryException {
        this.members = MemorySegment.ofAddress(address).reinterpret(END);
        long known = members.get(ValueLayout.JAVA_LONG, AES128_CFB_ONE);
        for (String name : AES128_CFB_ONE_NAMES) {
            if (symbols.find(name).filter(function -> function.address() == known).isPresent()) {
                return;
            }
        }
        throw new UnusableLibraryException("its IMB_MGR has a layout that is not known");
    }

    IpsecMbGcm.Functions aes128Gcm() throws UnusableLibraryException {
        return gcm(KEY_128);
    }

    IpsecMbGcm.Functions aes256Gcm() throws UnusableLibraryException {
        return gcm(KEY_256);
    }

    private IpsecMbGcm.Functions gcm(int key) throws UnusableLibraryException {
        return new IpsecMbGcm.Functions(
                function(GCM_PRE + key),
                function(GCM_ENC + key),
                function(GCM_INIT + key),
                function(GCM_ENC_UPDATE + key),
                function(GCM_ENC_FINALIZE + key));
    }

    IpsecMbChaChaPoly.Functions chaChaPoly() throws UnusableLibraryException {
        return new IpsecMbChaChaPoly.Functions(
                function(CHACHA20_POLY1305_INIT),
                function(CHACHA20_POLY1305_ENC_UPDATE),
                function(CHACHA20_POLY1305_FINALIZE));
    }

    private MemorySegment function(int offset) throws UnusableLibraryException {
        MemorySegment function = members.get(ValueLayout.ADDRESS, offset);
        if (function.address() == 0) {
            throw new UnusableLibraryException("its IMB_MGR lacks a function that is needed");
        }
        return function;
    }
}
