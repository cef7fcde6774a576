package org.sslwrite.pkcs11;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The modules of the vendors that this project knows about, read from {@code vendors.conf}. */
public final class VendorCatalogue {
    private static final String RESOURCE = "vendors.conf";
    private static final Map<String, Vendor> VENDORS = load();

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
    static @Nullable Vendor named(@Nullable Path module) {
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

    /**
     * A ready configuration for a vendor's module, with what is known of it as comments; {@link
     * TokenConfig#fromFile} reads it. What a person must change is marked.
     */
    public static String configurationFor(Vendor vendor) {
        return VendorConfiguration.of(vendor);
    }

    /** The file name without what versions and systems append: libx.so.2 and x.dll. */
    private static String stem(String fileName) {
        return fileName.replaceFirst("\\.(so(\\.[0-9.]+)?|dylib|dll)$", "");
    }

    private static String lastName(String place) {
        return place.substring(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1);
    }

    private static Map<String, Vendor> load() {
        try (InputStream in = VendorCatalogue.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not in the jar");
            }
            Map<String, Vendor> vendors = new LinkedHashMap<>();
            for (Vendor vendor : VendorParser.parse(SettingsText.read(RESOURCE, in))) {
                vendors.put(vendor.id(), vendor);
            }
            return vendors;
        } catch (IOException | TokenConfigException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
