package org.sslwrite.pkcs11.config;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.OperatingSystem;
import org.sslwrite.pkcs11.TokenConfigException;
import org.sslwrite.pkcs11.text.Text;
import org.sslwrite.pkcs11.vendor.Vendor;
import org.sslwrite.pkcs11.vendor.VendorCatalogue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds a module of which only the name is known. */
final class ModuleName {
    /** Where distributions and p11-kit put modules. */
    private static final List<String> DIRECTORIES =
            List.of(
                    "/usr/lib/x86_64-linux-gnu/pkcs11",
                    "/usr/lib/aarch64-linux-gnu/pkcs11",
                    "/usr/lib64/pkcs11",
                    "/usr/lib/pkcs11",
                    "/usr/local/lib/pkcs11",
                    "/usr/lib/x86_64-linux-gnu",
                    "/usr/lib/aarch64-linux-gnu",
                    "/usr/lib64",
                    "/usr/lib",
                    "/usr/local/lib",
                    "/opt/homebrew/lib/pkcs11",
                    "/opt/homebrew/lib");

    private ModuleName() {}

    /**
     * Looks for a library by file name, by RFC 7512's module-name (the file name without prefix and
     * suffix) or by a vendor's id.
     */
    static Path find(String name) throws TokenConfigException {
        List<String> fileNames = fileNames(name);
        for (Vendor vendor : VendorCatalogue.all()) {
            Path found = find(vendor, name, fileNames);
            if (found != null) {
                return found;
            }
        }
        for (String directory : DIRECTORIES) {
            Path found = find(Path.of(directory), name);
            if (found != null) {
                return found;
            }
        }
        // The name is not shown: it may be a PIN in the wrong place.
        throw new TokenConfigException(
                "the module of this name is in none of the usual places; name it by its absolute"
                        + " path");
    }

    /** Looks in one directory. */
    static @Nullable Path find(Path directory, String name) {
        for (String fileName : fileNames(name)) {
            Path candidate = directory.resolve(fileName);
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Where a vendor's module was looked for, and how to get it. */
    static String missing(Vendor vendor) {
        List<String> places = vendor.libraries(OperatingSystem.current());
        String looked = places.isEmpty() ? "" : " (looked for " + String.join(", ", places) + ")";
        String install = vendor.install() == null ? "" : "; to get it: " + vendor.install();
        return "the module of "
                + vendor.name()
                + " is not here"
                + looked
                + "; set module = /path/of/the/library"
                + install;
    }

    /** A name of more than one part could reach anywhere. */
    static void requireFileName(String name) {
        Text.requirePrintable("name of the module", name);
        boolean isOnePart = !name.contains("/") && !name.contains("\\");
        if (!isOnePart || name.equals("..") || name.equals(".")) {
            throw new IllegalArgumentException(
                    "a module is named by an absolute path, or by its file name alone");
        }
    }

    private static @Nullable Path find(Vendor vendor, String name, List<String> fileNames) {
        for (String place : vendor.libraries(OperatingSystem.current())) {
            Path path = Path.of(place);
            boolean isMeant =
                    vendor.id().equals(name)
                            || fileNames.contains(String.valueOf(path.getFileName()));
            if (isMeant && Files.isRegularFile(path)) {
                return path;
            }
        }
        return null;
    }

    /** RFC 7512, section 2.3: the module's name "without the possible prefix and suffix". */
    private static List<String> fileNames(String name) {
        List<String> names = new ArrayList<>(List.of(name));
        for (String suffix : List.of(".so", ".dylib", ".dll")) {
            names.add(name + suffix);
            names.add("lib" + name + suffix);
        }
        return names;
    }
}
