package ailb.lambda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** The zip that is deployed. */
public final class Artifact {

    private static final int OWNER_MAY_EXECUTE = 0100;

    private final Path file =
            Path.of(Objects.requireNonNull(System.getProperty("ailb.artifact"), "Maven says where it is"));

    Path file() {
        return file;
    }

    /** Its files and folders, with their modes and times. */
    List<ZipArchiveEntry> entries() throws IOException {
        try (ZipFile zip = open()) {
            return Collections.list(zip.getEntries());
        }
    }

    /** What is in one of its jars. */
    List<ZipArchiveEntry> entriesOf(String jar) throws IOException {
        List<ZipArchiveEntry> entries = new ArrayList<>();
        try (ZipFile zip = open();
                ZipArchiveInputStream in = new ZipArchiveInputStream(zip.getInputStream(zip.getEntry(jar)))) {
            for (ZipArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.add(entry);
            }
        }
        return entries;
    }

    String text(String name) throws IOException {
        try (ZipFile zip = open(); InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return new String(in.readAllBytes());
        }
    }

    /** As Lambda does before it starts an instance: a file that may be executed stays so. */
    public void unpackTo(Path folder) throws IOException {
        try (ZipFile zip = open()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                if (!entry.isDirectory()) {
                    unpack(zip, entry, folder.resolve(entry.getName()));
                }
            }
        }
    }

    private static void unpack(ZipFile zip, ZipArchiveEntry entry, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, target);
        }
        if ((entry.getUnixMode() & OWNER_MAY_EXECUTE) != 0) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(target));
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            Files.setPosixFilePermissions(target, permissions);
        }
    }

    private ZipFile open() throws IOException {
        return ZipFile.builder().setPath(file).get();
    }
}
