package org.sslwrite.pkcs11.vendor;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.OperatingSystem;
import org.sslwrite.pkcs11.TokenConfigException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The modules of the vendors that this project knows about. */
public final class VendorCatalogue {
    private static final Map<String, Vendor> VENDORS = byId();

    private VendorCatalogue() {}

    /** All, in the order of the catalogue. */
    public static List<Vendor> all() {
        return List.copyOf(VENDORS.values());
    }

    /**
     * The vendor with this id, or the only one whose id begins with it.
     *
     * @throws TokenConfigException naming those that there are
     */
    public static Vendor byId(String id) throws TokenConfigException {
        Vendor exact = VENDORS.get(id);
        if (exact != null) {
            return exact;
        }
        List<Vendor> found =
                VENDORS.values().stream()
                        .filter(vendor -> !id.isEmpty() && vendor.id().startsWith(id))
                        .toList();
        if (found.size() != 1) {
            throw new TokenConfigException(
                    "there is no such vendor in the catalogue; there are: "
                            + String.join(", ", VENDORS.keySet()));
        }
        return found.getFirst();
    }

    /** The vendor whose id stands where a module should; null if none's does. */
    public static @Nullable Vendor named(@Nullable Path module) {
        return module == null ? null : VENDORS.get(module.toString());
    }

    /** The vendor whose module has this file's name; null if none is known. */
    public static @Nullable Vendor byLibrary(Path library) {
        Path fileName = library.getFileName();
        if (fileName == null) {
            return null;
        }
        String wanted = stem(fileName.toString());
        for (Vendor vendor : VENDORS.values()) {
            for (List<String> places : vendor.libraries().values()) {
                if (places.stream().anyMatch(place -> stem(lastName(place)).equals(wanted))) {
                    return vendor;
                }
            }
        }
        return null;
    }

    /** The vendor's module on this machine, in its first usual place; null if it is in none. */
    public static @Nullable Path find(Vendor vendor) {
        for (String place : vendor.libraries(OperatingSystem.current())) {
            Path path = Path.of(place);
            if (Files.isRegularFile(path)) {
                return path;
            }
        }
        return null;
    }

    /** The file name without what versions and systems append: libx.so.2 and x.dll. */
    private static String stem(String fileName) {
        return fileName.replaceFirst("\\.(so(\\.[0-9.]+)?|dylib|dll)$", "");
    }

    private static String lastName(String place) {
        return place.substring(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1);
    }

    private static Map<String, Vendor> byId() {
        Map<String, Vendor> vendors = new LinkedHashMap<>();
        SoftwareVendors.all().forEach(vendor -> vendors.put(vendor.id(), vendor));
        HardwareVendors.all().forEach(vendor -> vendors.put(vendor.id(), vendor));
        return vendors;
    }
}
