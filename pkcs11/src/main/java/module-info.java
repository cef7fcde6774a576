import org.jspecify.annotations.NullMarked;

/** PKCS#11 tokens, reached by the C API or by SunPKCS11. Calls native code. */
@NullMarked
@SuppressWarnings("module") // the digits at the end of "pkcs11" are the standard's name
module org.sslwrite.pkcs11 {
    requires static transitive org.jspecify;
    requires transitive org.sslwrite.pkcs11.config;

    exports org.sslwrite.pkcs11.cryptoki;
    exports org.sslwrite.pkcs11.cryptoki.ffi;
    exports org.sslwrite.pkcs11.key;
    exports org.sslwrite.pkcs11.sun;
    exports org.sslwrite.pkcs11.timeout;
}
