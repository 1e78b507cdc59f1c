package ailb.api;

import java.util.Optional;

/**
 * The names of a request for log lines that are written while it is answered.
 *
 * @param id the request id in the answer's headers
 * @param client the name of the client's or admin's key; empty if there is none or it is not known yet
 */
public record RequestNames(String id, String client) {

    private static final ScopedValue<RequestNames> CURRENT = ScopedValue.newInstance();

    /** The names of the request that the calling thread answers. */
    public static Optional<RequestNames> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Answers the request under these names. */
    <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> answer) throws X {
        return ScopedValue.where(CURRENT, this).call(answer);
    }
}
