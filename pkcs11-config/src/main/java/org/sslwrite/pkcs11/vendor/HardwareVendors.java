package org.sslwrite.pkcs11.vendor;

import static org.sslwrite.pkcs11.vendor.VendorBuilder.documented;
import static org.sslwrite.pkcs11.vendor.VendorBuilder.inSource;
import static org.sslwrite.pkcs11.vendor.VendorBuilder.unverified;

import org.sslwrite.pkcs11.vendor.Vendor.Answer;

import java.util.List;

/** HSMs, key services and other devices. */
final class HardwareVendors {
    private static final String CLOUDHSM_PKCS11_MECHANISMS =
            "https://docs.aws.amazon.com/cloudhsm/latest/userguide/pkcs11-mechanisms.html";
    private static final String NSHIELD_ENV_VARIABLES =
            "https://nshielddocs.entrust.com/security-world-docs/v13.6.3/api-pkcs11/env-variables.html";
    private static final String YUBIHSM_UTIL_PKCS11 =
            "https://github.com/Yubico/yubihsm-shell/blob/master/pkcs11/util_pkcs11.c";
    private static final String YUBIHSM_HSM2_REF_PKCS11 =
            "https://docs.yubico.com/software/yubihsm-2/component-reference/hsm2-ref-pkcs11.html";
    private static final String CLOUDKMS_USER_GUIDE =
            "https://github.com/GoogleCloudPlatform/kms-integrations/blob/master/kmsp11/docs/user_guide.md";
    private static final String TPM2_MECH =
            "https://github.com/tpm2-software/tpm2-pkcs11/blob/master/src/lib/mech.c";

    private static final String[] YUBIHSM_ON_LINUX = {
        "/usr/lib/x86_64-linux-gnu/pkcs11/yubihsm_pkcs11.so",
        "/usr/lib/aarch64-linux-gnu/pkcs11/yubihsm_pkcs11.so",
        "/usr/lib64/pkcs11/yubihsm_pkcs11.so",
        "/usr/lib/pkcs11/yubihsm_pkcs11.so",
        "/usr/local/lib/pkcs11/yubihsm_pkcs11.so"
    };

    private HardwareVendors() {}

    /** In the order of the catalogue. */
    static List<Vendor> all() {
        return List.of(
                cloudhsm(),
                luna(),
                protectserver(),
                nshield(),
                utimaco(),
                yubihsm2(),
                cloudkms(),
                tpm2());
    }

    private static Vendor cloudhsm() {
        return new VendorBuilder("cloudhsm", "AWS CloudHSM")
                .linux("/opt/cloudhsm/lib/libcloudhsm_pkcs11.so")
                .windows("C:\\Program Files\\Amazon\\CloudHSM\\lib\\cloudhsm_pkcs11.dll")
                .gcm(
                        Answer.NO,
                        documented(
                                CLOUDHSM_PKCS11_MECHANISMS,
                                "the HSM makes the IV itself, and TLS says what it must be"))
                .cbc(Answer.YES, documented(CLOUDHSM_PKCS11_MECHANISMS, ""))
                .hmac(Answer.YES, documented(CLOUDHSM_PKCS11_MECHANISMS, ""))
                .keyImport(
                        Answer.UNKNOWN,
                        unverified(
                                "C_CreateObject is documented; whether for session keys in quantity"
                                        + " is not"))
                .quirk(
                        documented(
                                CLOUDHSM_PKCS11_MECHANISMS,
                                "One operation takes less than a record of 2^14 bytes: GCM 16224"
                                    + " bytes, HMAC 16288 or less. Hence max-fragment, which leaves"
                                    + " room for header, MAC, IV and padding."))
                .quirk(
                        documented(
                                "https://docs.aws.amazon.com/cloudhsm/latest/userguide/ki-pkcs11-sdk.html",
                                "Read-only sessions are not supported by Client SDK 5; buffers of"
                                        + " AES-GCM end at 16 KB."))
                .quirk(
                        documented(
                                "TLS 1.2 suites with AES-CBC can be sealed by it; for AES-GCM"
                                        + " suites only the handshake key can be in it."))
                .quirk(
                        documented(
                                "The PIN is the name of the crypto user, a colon, and the"
                                        + " password."))
                .pinLengths(false)
                .maxFragment(16128)
                .build();
    }

    private static Vendor luna() {
        return new VendorBuilder("luna", "Thales Luna 7")
                .linux(
                        "/usr/safenet/lunaclient/lib/libCryptoki2_64.so",
                        "/usr/lib/libCryptoki2_64.so")
                .windows("C:\\Program Files\\SafeNet\\LunaClient\\cryptoki.dll")
                .gcm(
                        Answer.DEPENDS,
                        documented(
                                "yes while FIPS mode is off; in FIPS mode it makes the IV itself,"
                                        + " and TLS says what it must be"))
                .cbc(Answer.UNKNOWN, unverified(""))
                .hmac(Answer.UNKNOWN, unverified(""))
                .keyImport(Answer.UNKNOWN, unverified("a partition's policy may forbid it"))
                .quirk(documented("AES-GCM works in one part only."))
                .quirk(
                        documented(
                                "After all members of a high-availability group were lost it needs"
                                        + " C_Finalize and C_Initialize."))
                .environment(
                        unverified("ChrystokiConfigurationPath: the directory of Chrystoki.conf"))
                .build();
    }

    private static Vendor protectserver() {
        return new VendorBuilder("protectserver", "Thales ProtectServer 3")
                .linux(
                        "/opt/safenet/protecttoolkit7/ptk/lib/libcryptoki.so",
                        "/opt/safenet/protecttoolkit5/ptk/lib/libcryptoki.so")
                .gcm(
                        Answer.DEPENDS,
                        documented(
                                "in FIPS mode it makes the IV itself, and TLS says what it must"
                                        + " be"))
                .cbc(Answer.UNKNOWN, unverified(""))
                .hmac(Answer.UNKNOWN, unverified(""))
                .keyImport(Answer.UNKNOWN, unverified(""))
                .build();
    }

    private static Vendor nshield() {
        return new VendorBuilder("nshield", "Entrust nShield")
                .linux("/opt/nfast/toolkits/pkcs11/libcknfast.so")
                .windows("C:\\Program Files\\nCipher\\nfast\\toolkits\\pkcs11\\cknfast.dll")
                .gcm(Answer.UNKNOWN, unverified(""))
                .cbc(Answer.UNKNOWN, unverified(""))
                .hmac(Answer.UNKNOWN, unverified(""))
                .keyImport(
                        Answer.DEPENDS,
                        documented(
                                "https://nshielddocs.entrust.com/security-world-docs/v13.6.3/api-pkcs11/developer-libraries.html",
                                "its security assurance mechanism refuses what may compromise keys,"
                                        + " until it is told otherwise"))
                .quirk(
                        documented(
                                NSHIELD_ENV_VARIABLES,
                                "Variables can also be set in the file cknfastrc in the"
                                        + " installation's directory."))
                .environment(
                        documented(
                                NSHIELD_ENV_VARIABLES,
                                "CKNFAST_OVERRIDE_SECURITY_ASSURANCES: which operations the"
                                        + " assurance mechanism lets pass"))
                .environment(
                        documented(
                                NSHIELD_ENV_VARIABLES,
                                "CKNFAST_LOADSHARING: whether several HSMs appear as one"))
                .environment(
                        documented(
                                NSHIELD_ENV_VARIABLES,
                                "CKNFAST_DEBUG, CKNFAST_DEBUGFILE: a log of the module"))
                .build();
    }

    private static Vendor utimaco() {
        return new VendorBuilder("utimaco", "Utimaco CryptoServer")
                .linux(
                        "/usr/lib/libcs_pkcs11_R3.so",
                        "/opt/utimaco/lib/libcs_pkcs11_R3.so",
                        "/usr/lib/libcs_pkcs11_R2.so",
                        "/opt/utimaco/lib/libcs_pkcs11_R2.so")
                .windows("C:\\Program Files\\Utimaco\\CryptoServer\\Lib\\cs_pkcs11_R3.dll")
                .gcm(Answer.UNKNOWN, unverified(""))
                .cbc(Answer.UNKNOWN, unverified(""))
                .hmac(Answer.UNKNOWN, unverified(""))
                .keyImport(Answer.UNKNOWN, unverified(""))
                .environment(
                        unverified(
                                "CS_PKCS11_R3_CFG: its configuration file, which names the"
                                        + " devices"))
                .environment(unverified("CS_PKCS11_R2_CFG: the same for the older module"))
                .build();
    }

    private static Vendor yubihsm2() {
        return new VendorBuilder("yubihsm2", "YubiHSM 2")
                .linux(YUBIHSM_ON_LINUX)
                .macos("/usr/local/lib/pkcs11/yubihsm_pkcs11.dylib")
                .windows(
                        "C:\\Program Files\\Yubico\\YubiHSM Shell\\bin\\pkcs11\\yubihsm_pkcs11.dll")
                .gcm(Answer.NO, inSource(YUBIHSM_UTIL_PKCS11, "there is no such mechanism"))
                .cbc(Answer.YES, inSource(YUBIHSM_UTIL_PKCS11, ""))
                .hmac(
                        Answer.YES,
                        inSource(
                                YUBIHSM_UTIL_PKCS11,
                                "the key's type is CKK_SHA256_HMAC and so on; CKK_GENERIC_SECRET is"
                                        + " refused"))
                .keyImport(
                        Answer.NO,
                        inSource(
                                YUBIHSM_UTIL_PKCS11,
                                "only as an object that is stored in the device: CKA_TOKEN=false is"
                                        + " refused"))
                .quirk(inSource("So the handshake key can be in it, but traffic keys cannot."))
                .quirk(
                        documented(
                                YUBIHSM_HSM2_REF_PKCS11,
                                "The PIN is the id of the authentication key, four hexadecimal"
                                        + " digits, followed by its password."))
                .quirk(
                        inSource(
                                "https://github.com/Yubico/yubihsm-shell/blob/master/lib/yubihsm.h",
                                "It has 16 sessions for all programs together."))
                .quirk(unverified("Sessions that are idle for 30 seconds are closed."))
                .quirk(
                        documented(
                                YUBIHSM_HSM2_REF_PKCS11,
                                "Options of its configuration file can be passed as"
                                        + " library-parameters instead, as in"
                                        + " connector=http://127.0.0.1:12345"))
                .environment(
                        documented(
                                YUBIHSM_HSM2_REF_PKCS11,
                                "YUBIHSM_PKCS11_CONF: its configuration file, which names the"
                                        + " connector"))
                .maxSessions(8)
                .build();
    }

    private static Vendor cloudkms() {
        return new VendorBuilder("cloudkms", "Google Cloud KMS")
                .linux(
                        "/usr/lib/libkmsp11.so",
                        "/usr/local/lib/libkmsp11.so",
                        "/opt/libkmsp11/libkmsp11.so")
                .windows("C:\\Windows\\System32\\kmsp11.dll")
                .gcm(
                        Answer.NO,
                        inSource(
                                CLOUDKMS_USER_GUIDE,
                                "only the vendor's own mechanism CKM_CLOUDKMS_AES_GCM"))
                .cbc(Answer.YES, inSource(CLOUDKMS_USER_GUIDE, "with keys that are in the service"))
                .hmac(
                        Answer.YES,
                        inSource(CLOUDKMS_USER_GUIDE, "with keys that are in the service"))
                .keyImport(Answer.NO, inSource(CLOUDKMS_USER_GUIDE, "there is no C_CreateObject"))
                .quirk(inSource("So the handshake key can be in it, but traffic keys cannot."))
                .quirk(
                        inSource(
                                CLOUDKMS_USER_GUIDE,
                                "Only its owner may be able to write its configuration file; the"
                                        + " path of that file can be passed as library-parameters"
                                        + " instead of the variable."))
                .environment(
                        inSource(
                                CLOUDKMS_USER_GUIDE,
                                "KMS_PKCS11_CONFIG: its configuration file, which names key rings"
                                        + " as tokens"))
                .build();
    }

    private static Vendor tpm2() {
        return new VendorBuilder("tpm2", "TPM2")
                .linux(
                        "/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so",
                        "/usr/lib/aarch64-linux-gnu/pkcs11/libtpm2_pkcs11.so",
                        "/usr/lib/x86_64-linux-gnu/libtpm2_pkcs11.so.1",
                        "/usr/lib64/pkcs11/libtpm2_pkcs11.so",
                        "/usr/lib/pkcs11/libtpm2_pkcs11.so")
                .gcm(Answer.NO, inSource(TPM2_MECH, "there is no such mechanism"))
                .cbc(Answer.YES, inSource(TPM2_MECH, ""))
                .hmac(Answer.YES, inSource(TPM2_MECH, ""))
                .keyImport(
                        Answer.NO,
                        inSource(
                                "https://github.com/tpm2-software/tpm2-pkcs11/blob/master/src/lib/object.c",
                                "secret keys are written to its database and not loaded into the"
                                        + " TPM"))
                .quirk(inSource("So the handshake key can be in it, but traffic keys cannot."))
                .environment(
                        inSource(
                                "https://github.com/tpm2-software/tpm2-pkcs11/blob/master/docs/INITIALIZING.md",
                                "TPM2_PKCS11_STORE: the directory of its database"))
                .install("apt install libtpm2-pkcs11-1")
                .build();
    }
}
