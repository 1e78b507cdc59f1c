package ailb.api;

import java.util.Optional;

/**
 * What a request is known by, for the lines of the log that are written while it is answered.
 *
 * @param id as the answer tells it
 * @param client the name of its key, a client's or the admin's; empty where it has none, or it is not known yet
 */
public record RequestNames(String id, String client) {

    private static final ScopedValue<RequestNames> CURRENT = ScopedValue.newInstance();

    /** Those of the request that the calling thread answers. */
    public static Optional<RequestNames> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Answers the request under these names. */
    <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> answer) throws X {
        return ScopedValue.where(CURRENT, this).call(answer);
    }
}
