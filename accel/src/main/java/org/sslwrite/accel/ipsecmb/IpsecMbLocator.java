package org.sslwrite.accel.ipsecmb;

import org.jspecify.annotations.Nullable;
import org.sslwrite.accel.nativecode.Platform;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks for the library where it is usually installed, or where the user says it is. */
public final class IpsecMbLocator {
    /** A system property that names another file, or says that none is to be used. */
    static final String PROPERTY = "org.sslwrite.ipsec-mb";

    /** The same in the environment; the property counts first. */
    public static final String VARIABLE = "SSLWRITE_IPSEC_MB";

    static final String OFF = "off";

    /** The newest first: the number changes with the binary interface. */
    private static final List<String> NAMES = List.of("libIPSec_MB.so.2", "libIPSec_MB.so.1");

    private static final List<String> FOLDERS =
            List.of(
                    "/usr/local/lib",
                    "/usr/local/lib64",
                    "/usr/lib/x86_64-linux-gnu",
                    "/usr/lib64",
                    "/usr/lib");

    private IpsecMbLocator() {}

    /**
     * What came of it.
     *
     * @param library null if none can be used
     * @param reason why not, in one line for a person; null if one can
     */
    record Result(@Nullable IpsecMb library, @Nullable String reason) {
        static Result none(String reason) {
            return new Result(null, reason);
        }
    }

    /** Looks for the library of this process. Never throws. */
    static Result ofThisProcess() {
        try {
            String objection = Platform.objection();
            if (objection != null) {
                return Result.none(objection);
            }
            return search(System.getProperty(PROPERTY), System.getenv(VARIABLE), usualPlaces());
        } catch (RuntimeException | LinkageError e) {
            return Result.none("cannot be loaded: " + e);
        }
    }

    private static List<Path> usualPlaces() {
        List<Path> places = new ArrayList<>();
        for (String name : NAMES) {
            for (String folder : FOLDERS) {
                places.add(Path.of(folder, name));
            }
        }
        return places;
    }

    /**
     * Loads the first that can be used.
     *
     * @param property what the user says; null if nothing
     * @param variable what the environment says; null if nothing
     */
    static Result search(
            @Nullable String property, @Nullable String variable, List<Path> usualPlaces) {
        if (property != null && !property.isBlank()) {
            return named(property.strip(), "the system property " + PROPERTY);
        }
        if (variable != null && !variable.isBlank()) {
            return named(variable.strip(), "the environment variable " + VARIABLE);
        }
        return firstOf(usualPlaces);
    }

    private static Result named(String name, String by) {
        if (name.equals(OFF)) {
            return Result.none("is turned off by " + by);
        }
        try {
            return new Result(IpsecMb.load(Path.of(name).toAbsolutePath()), null);
        } catch (UnusableLibraryException | InvalidPathException e) {
            return Result.none(e.getMessage() + " (named by " + by + ")");
        }
    }

    private static Result firstOf(List<Path> places) {
        List<String> reasons = new ArrayList<>();
        for (Path place : places) {
            if (Files.exists(place)) {
                try {
                    return new Result(IpsecMb.load(place), null);
                } catch (UnusableLibraryException e) {
                    reasons.add(String.valueOf(e.getMessage()));
                } catch (RuntimeException | LinkageError e) {
                    reasons.add(place + ": cannot be loaded: " + e);
                }
            }
        }
        if (reasons.isEmpty()) {
            return Result.none(
                    "is not installed: there is neither libIPSec_MB.so.2 nor libIPSec_MB.so.1"
                        + " (Debian and Ubuntu: package libipsec-mb2 or libipsec-mb1); elsewhere,"
                        + " name it by -D"
                            + PROPERTY
                            + "=FILE");
        }
        return Result.none(String.join("; ", reasons));
    }
}
