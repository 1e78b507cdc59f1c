package ailb.runtime.crac;

import java.util.List;
import java.util.stream.Collectors;

/** Hooks failed after the snapshot: each failure is a suppressed exception. */
public final class RestoreException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Needed by org.crac. */
    public RestoreException() {}

    RestoreException(List<Exception> failures) {
        super(
                failures.stream()
                        .map(Exception::toString)
                        .collect(Collectors.joining("; ", "Hooks failed after the snapshot: ", "")));
        failures.forEach(this::addSuppressed);
    }
}
