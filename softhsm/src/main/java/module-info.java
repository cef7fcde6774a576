/// Software tokens for tests and demos.
module org.sslwrite.softhsm {
    requires static transitive org.jspecify;
}
