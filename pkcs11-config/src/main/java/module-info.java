import org.jspecify.annotations.NullMarked;

/** What a PKCS#11 token is: descriptions, URIs, PIN sources, vendors. Calls no native code. */
@NullMarked
@SuppressWarnings("module") // the digits at the end of "pkcs11" are the standard's name
module org.sslwrite.pkcs11.config {
    requires static transitive org.jspecify;
    requires jdk.security.auth;

    exports org.sslwrite.pkcs11;
    exports org.sslwrite.pkcs11.config;
    exports org.sslwrite.pkcs11.pin;
    exports org.sslwrite.pkcs11.vendor;
}
