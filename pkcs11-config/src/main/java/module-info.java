/// What a PKCS#11 token is, how to reach it and what it can do. Uses the JDK only.
@SuppressWarnings("module") // the digits at the end of "pkcs11" are the standard's name
module org.sslwrite.pkcs11 {
    requires static transitive org.jspecify;
}
