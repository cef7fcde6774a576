package org.sslwrite.softhsm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DirectoryTreeTest {
    @Test
    void deletesAllThatIsInItAndNothingElse(@TempDir Path temporary) throws IOException {
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Path kept = Files.writeString(outside.resolve("file"), "kept");
        Path tree = Files.createDirectories(temporary.resolve("tree/a/b"));
        Files.writeString(tree.resolve("file"), "gone");
        Files.createSymbolicLink(tree.resolve("link"), outside);
        DirectoryTree.delete(temporary.resolve("tree"));
        assertFalse(Files.exists(temporary.resolve("tree")));
        assertTrue(Files.exists(kept));
    }

    @Test
    void whatIsNotThereNeedsNoDeletion(@TempDir Path temporary) {
        DirectoryTree.delete(temporary.resolve("nothing"));
        assertTrue(Files.exists(temporary));
    }
}
