import org.jspecify.annotations.NullMarked;

/** Software tokens for tests and demos. JUnit is needed only by who uses the package for it. */
@NullMarked
module org.sslwrite.softhsm {
    requires static transitive org.jspecify;
    requires static org.junit.jupiter.api;
    requires transitive org.sslwrite.pkcs11;

    exports org.sslwrite.softhsm;
    exports org.sslwrite.softhsm.junit;
}
