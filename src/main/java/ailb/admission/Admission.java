package ailb.admission;

import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.TokenAccounting;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits of one endpoint: when there is room for a call, the part of a write that takes it, and what is put right
 * when the call has ended. One write reserves room now or at a moment soon, so nobody polls a full endpoint.
 *
 * <p>Whatever the number of instances, calls started in any period of length L are at most (L + depth + slack) /
 * interval for each limit (see {@link Bucket}). All times are nanoseconds, points in time since the epoch.
 */
public final class Admission {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Limits limits;
    private final List<Bucket> buckets;
    private final Optional<DayCounter> day;

    public Admission(Limits limits) {
        this.limits = limits;
        this.buckets = Bucket.of(limits);
        this.day = dayCounter(limits);
    }

    private static Optional<DayCounter> dayCounter(Limits limits) {
        OptionalLong limit = limits.of(LimitKind.REQUESTS_PER_DAY);
        return limits.dayReset() == null || limit.isEmpty()
                ? Optional.empty()
                : Optional.of(new DayCounter(limit.getAsLong(), limits.dayReset()));
    }

    /** When all limits have room for this call. */
    public Room room(EndpointState state, Demand demand, long now) {
        for (Map.Entry<LimitKind, Long> limit : limits.amounts().entrySet()) {
            if (demand.units(limit.getKey()) > limit.getValue()) {
                return new Room.Never(limit.getKey());
            }
        }
        return new Room.From(moment(state, demand, now));
    }

    /** One moment for all limits: were each to keep its own, small calls behind a large one would fire together. */
    private long moment(EndpointState state, Demand demand, long now) {
        long moment = Math.max(now, state.get(Attribute.HOLD));
        for (Bucket bucket : buckets) {
            moment = Math.max(moment, bucket.room(state, bucket.cost(demand)));
        }
        return day.isPresent() ? Math.max(moment, day.get().room(state, now)) : moment;
    }

    /**
     * Adds to a write what takes room for one call.
     *
     * @param latest the latest moment the call may start; not before the moment {@link #room} gives
     */
    public void take(ConditionalUpdate.Builder update, Observation seen, Demand demand, long now, long latest) {
        EndpointState state = seen.state();
        long moment = moment(state, demand, now);
        for (Bucket bucket : buckets) {
            boolean stale = seen.age() > bucket.slack() / 2;
            boolean busy = seen.callsPerSecond() * bucket.slack() > NANOS_PER_SECOND;
            bucket.take(update, state, bucket.cost(demand), moment, latest, stale && busy);
        }
        day.ifPresent(counter -> counter.take(update, state, now));
        update.guard(Guard.atMost(state, Attribute.HOLD, moment));
    }

    /** When the call may start whose admission left the item in this state; in the past where it may at once. */
    public long slot(EndpointState admitted, Demand demand) {
        long slot = admitted.get(Attribute.HOLD);
        for (Bucket bucket : buckets) {
            slot = Math.max(slot, bucket.slot(admitted, bucket.cost(demand)));
        }
        return slot;
    }

    /** Requests counted so far against the limit a day, of which there must be one. */
    public static double usedOfDay(Limits limits, EndpointState state, long now) {
        return dayCounter(limits)
                .map(counter -> (double) counter.used(state, now))
                .orElseGet(() -> Bucket.rollingDay(limits).used(state, now));
    }

    /**
     * Adds to a write what the end of a call tells: the tokens it really took, as far as the provider counts them, and
     * what the provider said of its limits. Its word moves a limit towards full, never towards empty.
     *
     * @param admitted what the call was admitted on
     */
    public void settle(
            ConditionalUpdate.Builder update, EndpointState state, Demand admitted, Feedback feedback, long now) {
        for (Bucket bucket : buckets) {
            long trueUp = feedback.actual()
                    .map(actual -> trueUp(bucket, admitted, actual))
                    .orElse(0L);
            long floor = floor(bucket, feedback, now);
            if (state.get(bucket.tat()) + trueUp < floor) {
                raise(update, state, bucket.tat(), floor);
            } else if (trueUp != 0 && state.has(bucket.tat())) {
                update.add(bucket.tat(), trueUp);
            }
        }
        feedback.retryAfter().ifPresent(wait -> raise(update, state, Attribute.HOLD, now + wait));
    }

    /** A debt has no upper bound: the tokens are gone. */
    private long trueUp(Bucket bucket, Demand admitted, Demand actual) {
        if (bucket.kind().countsRequests()) {
            return 0;
        }
        long trueUp = bucket.cost(actual) - bucket.cost(admitted);
        return limits.tokenAccounting() == TokenAccounting.MAX ? Math.max(0, trueUp) : trueUp;
    }

    /** Where the tat has to be at least, by the provider's word. */
    private static long floor(Bucket bucket, Feedback feedback, long now) {
        long floor = Long.MIN_VALUE;
        Long remaining = feedback.remaining().get(bucket.kind());
        if (remaining != null) {
            floor = now + bucket.depth() - Math.min(bucket.depth(), bucket.cost(remaining));
        }
        boolean affected = feedback.refusedBy().map(bucket.kind()::equals).orElse(bucket.isPerMinute());
        if (feedback.retryAfter().isPresent() && affected) {
            floor = Math.max(floor, now + bucket.depth() + feedback.retryAfter().getAsLong());
        }
        return floor;
    }

    private static void raise(ConditionalUpdate.Builder update, EndpointState state, Attribute attribute, long floor) {
        if (state.get(attribute) < floor) {
            update.guard(Guard.atMost(state, attribute, floor));
            update.put(attribute, floor);
        }
    }
}
