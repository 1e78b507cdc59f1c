package ailb.settings;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The problems of a file in the order they were found, without duplicates. */
final class Problems {

    private final Set<String> lines = new LinkedHashSet<>();

    void add(String path, String problem) {
        lines.add((path.isEmpty() ? "(whole file)" : path) + ": " + problem);
    }

    boolean none() {
        return lines.isEmpty();
    }

    PoolFileException asException() {
        return new PoolFileException(List.copyOf(lines));
    }
}
