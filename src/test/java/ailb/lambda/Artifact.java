package ailb.lambda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The jar that is deployed. */
final class Artifact {

    private final Path file =
            Path.of(Objects.requireNonNull(System.getProperty("ailb.artifact"), "Maven says where it is"));

    Path file() {
        return file;
    }

    /** The paths of its files. */
    List<String> entries() throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
        }
    }

    /** As Lambda does before it starts an instance. */
    void unpackTo(Path folder) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().filter(entry -> !entry.isDirectory()).toList()) {
                Path target = folder.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, target);
                }
            }
        }
    }
}
