package ailb.settings;

import java.util.List;

/** A pool.json that is refused. The message holds every problem found, one a line, and never an API key. */
public final class PoolFileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final List<String> problems;

    PoolFileException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** The problems, each {@code path: what is wrong; what is allowed}; at least one. */
    public List<String> problems() {
        return problems;
    }
}
