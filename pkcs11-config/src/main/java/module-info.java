import org.jspecify.annotations.NullMarked;

/** What a PKCS#11 token is, how to reach it and what it can do. Uses the JDK only. */
@NullMarked
@SuppressWarnings("module") // the digits at the end of "pkcs11" are the standard's name
module org.sslwrite.pkcs11 {
    requires static transitive org.jspecify;

    exports org.sslwrite.pkcs11;
    exports org.sslwrite.pkcs11.cryptoki;
    exports org.sslwrite.pkcs11.probe;
    exports org.sslwrite.pkcs11.sun;
}
