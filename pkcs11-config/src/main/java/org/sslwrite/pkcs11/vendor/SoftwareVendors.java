package org.sslwrite.pkcs11.vendor;

import static org.sslwrite.pkcs11.vendor.VendorBuilder.inSource;
import static org.sslwrite.pkcs11.vendor.VendorBuilder.measured;
import static org.sslwrite.pkcs11.vendor.VendorBuilder.unverified;

import org.sslwrite.pkcs11.vendor.Vendor.Answer;

import java.util.List;

/** Software tokens, and modules that stand before others. */
final class SoftwareVendors {
    private static final String OPENCRYPTOKI_MECH_AES =
            "https://github.com/opencryptoki/opencryptoki/blob/master/usr/lib/common/mech_aes.c";

    private SoftwareVendors() {}

    /** In the order of the catalogue. */
    static List<Vendor> all() {
        return List.of(softhsm2(), nss(), opencryptoki(), p11Kit(), nssFips());
    }

    private static Vendor softhsm2() {
        return new VendorBuilder("softhsm2", "SoftHSM2")
                .linux(
                        "/usr/lib/softhsm/libsofthsm2.so",
                        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
                        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
                        "/usr/lib64/pkcs11/libsofthsm2.so",
                        "/usr/lib64/softhsm/libsofthsm2.so",
                        "/usr/local/lib/softhsm/libsofthsm2.so")
                .macos(
                        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
                        "/usr/local/lib/softhsm/libsofthsm2.so")
                .windows("C:\\SoftHSM2\\lib\\softhsm2-x64.dll")
                .gcm(Answer.YES, measured("CK_GCM_PARAMS with ulIvBits; no message functions"))
                .cbc(Answer.YES, measured(""))
                .hmac(Answer.YES, measured(""))
                .keyImport(Answer.YES, measured(""))
                .quirk(
                        measured(
                                "Software: it shows how a token behaves, and says nothing of how"
                                        + " fast hardware is; a lock in its allocator lets it scale"
                                        + " poorly."))
                .quirk(
                        measured(
                                "Keys with CKA_PRIVATE=false are twice as fast, for private ones"
                                    + " are encrypted in memory as well: hence private-traffic-keys"
                                    + " = false."))
                .quirk(
                        measured(
                                "The slot's number changes when a token is initialised: name it by"
                                        + " label or serial number."))
                .quirk(measured("A wrong authentication tag is reported as CKR_GENERAL_ERROR."))
                .environment(
                        measured(
                                "SOFTHSM2_CONF: its configuration file, which names the directory"
                                        + " of the tokens"))
                .privateTrafficKeys(false)
                .install("apt install softhsm2")
                .build();
    }

    private static Vendor nss() {
        return new VendorBuilder("nss", "NSS")
                .linux(
                        "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
                        "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
                        "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
                        "/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so",
                        "/usr/lib64/libsoftokn3.so",
                        "/usr/lib/libsoftokn3.so")
                .macos("/opt/homebrew/lib/libsoftokn3.dylib", "/usr/local/lib/libsoftokn3.dylib")
                .windows("C:\\Program Files\\Mozilla Firefox\\softokn3.dll")
                .gcm(Answer.YES, measured("also with the message functions, in one call a record"))
                .cbc(Answer.YES, measured(""))
                .hmac(Answer.YES, measured("the key needs CKA_SIGN=true"))
                .keyImport(Answer.YES, measured(""))
                .quirk(
                        measured(
                                "It wants parameters at C_Initialize; those below use no database,"
                                        + " so nothing is stored and no PIN is needed."))
                .quirk(
                        measured(
                                "It has two slots: the generic one, for keys that live as long as"
                                        + " the process, and one for a database."))
                .quirk(
                        measured(
                                "Through SunPKCS11 it needs"
                                    + " -Dsun.security.pkcs11.disableKeyExtraction=true, or keys"
                                    + " are copied in and out for each use."))
                .quirk(measured("It has HKDF and ChaCha20-Poly1305."))
                .libraryParameters(
                        "configdir='' certPrefix='' keyPrefix='' secmod=''"
                                + " flags=readOnly,noCertDB,noModDB")
                .tokenLabel("NSS Generic Crypto Services")
                .install("apt install libnss3")
                .build();
    }

    private static Vendor opencryptoki() {
        return new VendorBuilder("opencryptoki", "opencryptoki")
                .linux(
                        "/usr/lib/x86_64-linux-gnu/pkcs11/libopencryptoki.so",
                        "/usr/lib/aarch64-linux-gnu/pkcs11/libopencryptoki.so",
                        "/usr/lib/s390x-linux-gnu/pkcs11/libopencryptoki.so",
                        "/usr/lib/powerpc64le-linux-gnu/pkcs11/libopencryptoki.so",
                        "/usr/lib64/pkcs11/libopencryptoki.so",
                        "/usr/lib/pkcs11/libopencryptoki.so",
                        "/usr/lib/opencryptoki/libopencryptoki.so",
                        "/usr/lib64/opencryptoki/libopencryptoki.so",
                        "/usr/lib/x86_64-linux-gnu/opencryptoki/libopencryptoki.so",
                        "/usr/lib/s390x-linux-gnu/opencryptoki/libopencryptoki.so",
                        "/usr/lib/libopencryptoki.so")
                .gcm(
                        Answer.YES,
                        inSource(
                                OPENCRYPTOKI_MECH_AES,
                                "the soft token lists it; other tokens of it differ"))
                .cbc(Answer.YES, inSource(OPENCRYPTOKI_MECH_AES, "the soft token lists it"))
                .hmac(
                        Answer.YES,
                        inSource(
                                "https://github.com/opencryptoki/opencryptoki/blob/master/usr/lib/soft_stdll/soft_specific.c",
                                "the soft token lists it"))
                .keyImport(Answer.UNKNOWN, unverified(""))
                .quirk(
                        inSource(
                                "https://github.com/opencryptoki/opencryptoki/blob/master/usr/include/pkcs11types.h",
                                "It takes CK_GCM_PARAMS with and without ulIvBits."))
                .quirk(
                        inSource(
                                "It has the interface of PKCS#11 3.0, but its message functions"
                                        + " answer CKR_FUNCTION_NOT_SUPPORTED."))
                .quirk(
                        unverified(
                                "The daemon pkcsslotd must run, and the user must be in the group"
                                        + " pkcs11."))
                .install("apt install opencryptoki")
                .build();
    }

    private static Vendor p11Kit() {
        return new VendorBuilder("p11-kit", "p11-kit proxy")
                .linux(
                        "/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so",
                        "/usr/lib/aarch64-linux-gnu/p11-kit-proxy.so",
                        "/usr/lib64/p11-kit-proxy.so",
                        "/usr/lib/p11-kit-proxy.so")
                .macos("/opt/homebrew/lib/p11-kit-proxy.dylib")
                .gcm(Answer.DEPENDS, measured("as the module behind it"))
                .cbc(Answer.DEPENDS, measured("as the module behind it"))
                .hmac(Answer.DEPENDS, measured("as the module behind it"))
                .keyImport(Answer.DEPENDS, measured("as the module behind it"))
                .quirk(
                        measured(
                                "It shows the tokens of all modules that are registered, and about"
                                    + " doubles the cost of a record; naming the module itself is"
                                    + " faster."))
                .install("apt install libp11-kit0 p11-kit-modules")
                .build();
    }

    private static Vendor nssFips() {
        return new VendorBuilder("nss-fips", "NSS in FIPS mode")
                .linux(
                        "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
                        "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
                        "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
                        "/usr/lib/aarch64-linux-gnu/nss/libsoftokn3.so",
                        "/usr/lib64/libsoftokn3.so",
                        "/usr/lib/libsoftokn3.so")
                .macos("/opt/homebrew/lib/libsoftokn3.dylib", "/usr/local/lib/libsoftokn3.dylib")
                .windows("C:\\Program Files\\Mozilla Firefox\\softokn3.dll")
                .gcm(Answer.UNKNOWN, unverified(""))
                .cbc(Answer.UNKNOWN, unverified(""))
                .hmac(Answer.UNKNOWN, unverified(""))
                .keyImport(Answer.NO, measured("C_CreateObject: CKR_ATTRIBUTE_VALUE_INVALID"))
                .quirk(
                        measured(
                                "The same library as NSS has it; the function FC_GetFunctionList"
                                        + " gives it, and function-list says so."))
                .quirk(measured("So the handshake key can be in it, but traffic keys cannot."))
                .quirk(
                        measured(
                                "It wants a database with a password, which is its PIN; configdir"
                                        + " in library-parameters names its directory."))
                .functionList("FC_GetFunctionList")
                .libraryParameters(
                        "configdir='sql:/etc/pki/nssdb' certPrefix='' keyPrefix=''"
                                + " secmod='secmod.db' flags=")
                .install("apt install libnss3")
                .build();
    }
}
