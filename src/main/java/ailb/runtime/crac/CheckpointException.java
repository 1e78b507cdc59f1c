package ailb.runtime.crac;

import java.util.List;
import java.util.stream.Collectors;

/** Hooks failed before the snapshot: each failure is a suppressed exception. */
public final class CheckpointException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Needed by org.crac. */
    public CheckpointException() {}

    CheckpointException(List<Exception> failures) {
        super(
                failures.stream()
                        .map(Exception::toString)
                        .collect(Collectors.joining("; ", "Hooks failed before the snapshot: ", "")));
        failures.forEach(this::addSuppressed);
    }
}
