package org.sslwrite.softhsm;

import org.jspecify.annotations.Nullable;
import org.sslwrite.pkcs11.TokenException;
import org.sslwrite.pkcs11.cryptoki.CryptokiModule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where this process's SoftHSM keeps its tokens: one directory for all of them, as SoftHSM reads
 * its configuration once, at C_Initialize. It is there while there are tokens. Safe for use by
 * several threads.
 */
final class SofthsmStore {
    /** SoftHSM is one per process, and so is this. */
    static final SofthsmStore OF_PROCESS = new SofthsmStore();

    /** Names the configuration file. */
    static final String VARIABLE = "SOFTHSM2_CONF";

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Null until SoftHSM has been told of it. */
    private @Nullable Path directory;

    private int tokens;

    private SofthsmStore() {}

    /**
     * Makes a token.
     *
     * @return the directory in which SoftHSM keeps it
     */
    synchronized Path create(Path library, String label, char[] soPin, char[] pin)
            throws TokenException {
        Path home = directory;
        if (home == null) {
            home = choose(library);
            directory = home;
        }
        tokens++;
        boolean made = false;
        try {
            writeConfiguration(home);
            CryptokiModule module = CryptokiModule.load(library, null);
            Set<Path> before = tokensIn(home);
            module.initToken(label, soPin, pin);
            Set<Path> after = tokensIn(home);
            after.removeAll(before);
            if (after.size() != 1) {
                throw configuredByOthers("a new token did not appear in " + home);
            }
            made = true;
            return after.iterator().next();
        } catch (IOException e) {
            throw new TokenException("cannot make a SoftHSM token in " + home + ": " + e, e);
        } finally {
            if (!made) {
                forgetOne();
            }
        }
    }

    /** Deletes a token; everything, if it was the last. */
    synchronized void remove(Path token) {
        DirectoryTree.delete(token);
        forgetOne();
    }

    private void forgetOne() {
        tokens--;
        if (tokens == 0 && directory != null) {
            DirectoryTree.delete(directory);
        }
    }

    /** The configuration file of this process's SoftHSM; there while there are tokens. */
    synchronized Path configuration() {
        if (directory == null) {
            throw new IllegalStateException("no token has been made");
        }
        return configuration(directory);
    }

    private static Path configuration(Path home) {
        return home.resolve("softhsm2.conf");
    }

    private static Path tokensDirectory(Path home) {
        return home.resolve("tokens");
    }

    /** Tells SoftHSM of a directory of our own, unless it is too late. */
    private static Path choose(Path library) throws TokenException {
        if (LibC.isInitialized(library)) {
            throw configuredByOthers("it is initialised already");
        }
        Path home;
        try {
            home = Files.createTempDirectory("sslwrite-softhsm-", OWNER_ONLY).toRealPath();
            Files.delete(home); // only a name, until there is a token
        } catch (IOException | UnsupportedOperationException e) {
            throw new TokenException("cannot make a directory for SoftHSM tokens: " + e, e);
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> DirectoryTree.delete(home), "softhsm-tokens-deletion"));
        LibC.setenv(VARIABLE, configuration(home).toString());
        return home;
    }

    private static TokenException configuredByOthers(String what) {
        return new TokenException(
                "SoftHSM is used in this process with somebody else's configuration ("
                        + what
                        + "), and it reads only one: make throw-away tokens before anything else"
                        + " uses SoftHSM, or in a process of their own");
    }

    /** Once more after the last token has gone, as SoftHSM holds on to the path. */
    private static void writeConfiguration(Path home) throws IOException, TokenException {
        if (Files.exists(configuration(home))) {
            return;
        }
        Path store = tokensDirectory(home);
        // SoftHSM takes "#" for a comment and "=" for a separator, and reads 1023 bytes of a line.
        if (store.toString().matches("(?s).*[#=\\n\\r].*|.{900,}")) {
            throw new TokenException(
                    "SoftHSM cannot read the path "
                            + store
                            + ": set java.io.tmpdir to a short one without \"#\" and \"=\"");
        }
        // Fails if it is there: then it is somebody else's.
        Files.createDirectory(home, OWNER_ONLY);
        Files.createDirectory(store, OWNER_ONLY);
        Files.writeString(
                configuration(home),
                """
                directories.tokendir = %s
                objectstore.backend = file
                log.level = ERROR
                slots.removable = false
                """
                        .formatted(store));
    }

    private static Set<Path> tokensIn(Path home) throws IOException {
        try (Stream<Path> entries = Files.list(tokensDirectory(home))) {
            return entries.collect(HashSet::new, Set::add, Set::addAll);
        }
    }
}
