import org.jspecify.annotations.NullMarked;

/** What a PKCS#11 token can really do for TLS. */
@NullMarked
module org.sslwrite.probe {
    requires static transitive org.jspecify;
    requires transitive org.sslwrite.pkcs11;

    exports org.sslwrite.probe;
}
