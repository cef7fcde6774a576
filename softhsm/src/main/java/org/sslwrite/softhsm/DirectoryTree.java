package org.sslwrite.softhsm;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A directory with all that is in it. */
final class DirectoryTree {
    private static final System.Logger LOG = System.getLogger(DirectoryTree.class.getName());

    /** SoftHSM may write a file while we delete. */
    private static final int ATTEMPTS = 5;

    private DirectoryTree() {}

    /** Deletes it, if it is there; what cannot be deleted is logged. Follows no symbolic link. */
    static void delete(Path directory) {
        @Nullable IOException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(directory); attempt++) {
            try {
                Files.walkFileTree(directory, new Deletion());
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        if (Files.exists(directory)) {
            LOG.log(System.Logger.Level.WARNING, "cannot delete " + directory, failure);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
