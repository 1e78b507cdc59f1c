package ailb.settings;

import java.util.List;

/** A pool.json was refused. The message lists every problem, one on each line, and never contains an API key. */
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
