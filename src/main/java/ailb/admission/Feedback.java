package ailb.admission;

import ailb.pool.LimitKind;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the end of a call tells about the limits.
 *
 * @param actual what the call really took; empty where nobody can tell, and what was admitted stands
 * @param remaining units the provider says are left, by limit
 * @param toldAt when it said so, nanoseconds since the epoch: before the call ended, where the answer is a stream
 * @param retryAfter nanoseconds the provider asked to be left alone for, when it refused the call for its limits
 * @param refusedBy the limit it named then
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
