package ailb.admission;

import ailb.pool.LimitKind;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an ended call says about the limits.
 *
 * @param actual what the call really took; empty if nobody knows, and then the estimate stays
 * @param remaining units the provider says are left, by limit
 * @param toldAt when it said so, nanoseconds since the epoch; with a stream that is before the call ended
 * @param retryAfter how long the provider asked for no more calls when it refused this one for its limits, nanoseconds
 * @param refusedBy the limit that it named when it refused the call
 */
public record Feedback(
        Optional<Demand> actual,
        Map<LimitKind, Long> remaining,
        long toldAt,
        OptionalLong retryAfter,
        Optional<LimitKind> refusedBy) {

    public static final Feedback NONE =
            new Feedback(Optional.empty(), Map.of(), 0, OptionalLong.empty(), Optional.empty());

    public Feedback {
        remaining = Map.copyOf(remaining);
    }
}
