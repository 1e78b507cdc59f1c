package ailb.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP ports that a process listens at, as Linux tells. */
final class ListeningPorts {

    /** A state in /proc/net/tcp. */
    private static final String LISTEN = "0A";

    private ListeningPorts() {}

    static Set<Integer> of(long process) throws IOException {
        Path proc = Path.of("/proc", Long.toString(process));
        Set<String> own = sockets(proc.resolve("fd"));
        try (Stream<String> lines = Stream.concat(
                Files.lines(proc.resolve("net/tcp")), Files.lines(proc.resolve("net/tcp6")))) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns[3].equals(LISTEN) && own.contains("socket:[" + columns[9] + "]"))
                    .map(columns -> Integer.valueOf(columns[1].substring(columns[1].lastIndexOf(':') + 1), 16))
                    .collect(Collectors.toSet());
        }
    }

    private static Set<String> sockets(Path descriptors) throws IOException {
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.map(ListeningPorts::target).collect(Collectors.toSet());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed since
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
