import org.jspecify.annotations.NullMarked;

/**
 * The TLS write path: {@code SSL_write} for the JVM, with records sealed by the best engine at
 * hand.
 */
@NullMarked
module org.sslwrite {
    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires transitive org.sslwrite.pkcs11;

    exports org.sslwrite;
    exports org.sslwrite.bio;
    exports org.sslwrite.seal;
}
