package org.sslwrite.softhsm;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.OperatingSystem;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.vendor.Vendor;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import java.nio.file.Path;

/**
 * The library of a software token: who makes it, and how to get it.
 *
 * @param installation the commands that install it, by system
 */
record SoftwareLibrary(Vendor vendor, String installation) {
    static SoftwareLibrary of(SoftwareToken.Kind kind) {
        return switch (kind) {
            case SOFTHSM ->
                    new SoftwareLibrary(
                            inCatalogue("softhsm2"),
                            "Debian, Ubuntu: apt-get install softhsm2; Fedora: dnf install softhsm;"
                                    + " macOS: brew install softhsm");
            case NSS ->
                    new SoftwareLibrary(
                            inCatalogue("nss"),
                            "Debian, Ubuntu: apt-get install libnss3; Fedora: dnf install"
                                    + " nss-softokn; macOS: brew install nss");
        };
    }

    private static Vendor inCatalogue(String id) {
        try {
            return VendorCatalogue.byId(id);
        } catch (TokenConfigException e) {
            throw new IllegalStateException("the catalogue has lost a vendor", e);
        }
    }

    /** Why there is no such library here, with the way out; null if there is one. */
    @Nullable String reasonAgainst() {
        return VendorCatalogue.find(vendor) == null ? missing() : null;
    }

    /** Where the library is. */
    Path path() throws TokenException {
        Path path = VendorCatalogue.find(vendor);
        if (path == null) {
            throw new TokenException(missing());
        }
        return path;
    }

    private String missing() {
        return vendor.name()
                + " is not installed: looked for "
                + String.join(", ", vendor.libraries(OperatingSystem.current()))
                + ". "
                + installation;
    }
}
