package ailb.lambda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** The folder that the artifact is unpacked to, as Lambda does before it starts an instance: once for all tests. */
public final class TaskRoot implements AutoCloseable {

    private final Path folder;

    public TaskRoot() throws IOException {
        folder = Files.createTempDirectory("task-root");
        new Artifact().unpackTo(folder);
    }

    /** The one that all tests of this run share. */
    public static Path shared(ExtensionContext test) {
        return test.getRoot()
                .getStore(Namespace.create(TaskRoot.class))
                .computeIfAbsent(TaskRoot.class)
                .folder();
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
