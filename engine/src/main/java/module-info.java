import org.jspecify.annotations.NullMarked;
import org.sslwrite.seal.SealerFactory;

/**
 * The TLS write path: {@code SSL_write} for the JVM, with records sealed by the best engine at
 * hand.
 */
@NullMarked
@SuppressWarnings("module") // org.sslwrite.accel is built after this one
module org.sslwrite {
    requires static transitive org.jspecify;
    requires jdk.jfr;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires transitive org.sslwrite.pkcs11;

    uses SealerFactory;

    exports org.sslwrite;
    exports org.sslwrite.bio;
    exports org.sslwrite.protocol;
    exports org.sslwrite.seal;
    exports org.sslwrite.seal.cipher to
            org.sslwrite.accel;
}
