package ailb.admission;

import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits of one endpoint: when there is room for a call, the part of a write that takes the room, and the
 * corrections after the call. One write reserves room now or at a moment soon, so nobody polls a full endpoint (ADR 5 and
 * 6).
 *
 * <p>The bound: in any period of length L at most (L + max(depth, cost) + slack) / cost calls get a slot if the
 * endpoint has one limit, and (L + max(depth, cost) + 2 slack) / cost for each limit if it has several (see {@link
 * Bucket}). It holds for any number of instances, however old their views. All times are nanoseconds, points in time
 * since the epoch.
 */
public final class Admission {

    private static final double NANOS_PER_SECOND = 1e9;

    /** Time for the next write to take room before the room of an earlier one is used up. */
    private static final long RENEWAL = Duration.ofMillis(100).toNanos();

    private final Limits limits;
    private final double share;
    private final List<Bucket> buckets;
    private final Optional<DayCounter> day;

    public Admission(Limits limits) {
        this(limits, 1);
    }

    /**
     * A share of the limits. The largest call allowed is not divided: a call larger than the share's burst waits until
     * the whole burst is free.
     *
     * @param share above 0 and at most 1
     */
    public Admission(Limits limits, double share) {
        this(limits, share, Bucket.of(limits, share));
    }

    private Admission(Limits limits, double share, List<Bucket> buckets) {
        this.limits = limits;
        this.share = share;
        this.buckets = buckets;
        this.day = dayCounter(limits, share);
    }

    /**
     * The same limits for calls of a lower priority, which leave a part of each burst to others. Without others they
     * have the full rate.
     *
     * @param burstShare share of the burst they may take, above 0 and at most 1
     */
    public Admission lower(double burstShare) {
        return new Admission(
                limits,
                share,
                buckets.stream().map(bucket -> bucket.upTo(burstShare)).toList());
    }

    /**
     * The longest that permits taken now can be held, nanoseconds: half of each burst, so next to nothing where calls
     * go one at a time. Never beyond the day whose requests are counted (ADR 21).
     */
    public long holdable(long now) {
        long time = buckets.stream()
                .filter(bucket -> !bucket.retriesOnly())
                .mapToLong(bucket -> bucket.depth() / 2)
                .min()
                .orElse(Long.MAX_VALUE);
        return day.map(counter -> Math.min(time, counter.end(now) - 1 - now)).orElse(time);
    }

    /**
     * The same limits for calls whose permits are held. They count at the last moment they may start, {@code nanos}
     * from now, and may start at any time before. So room is looked for, and taken, at that moment.
     *
     * @param nanos at most {@link #holdable}
     */
    public Admission held(long nanos) {
        return new Admission(
                limits,
                share,
                buckets.stream().map(bucket -> bucket.early(nanos)).toList());
    }

    private static Optional<DayCounter> dayCounter(Limits limits, double share) {
        OptionalLong limit = limits.of(LimitKind.REQUESTS_PER_DAY);
        return limits.dayReset() == null || limit.isEmpty()
                ? Optional.empty()
                : Optional.of(DayCounter.of(limit.getAsLong(), share, limits.dayReset()));
    }

    /** When all limits have room for the call. */
    public Availability room(EndpointState state, Demand demand, long now) {
        for (Map.Entry<LimitKind, Long> limit : limits.amounts().entrySet()) {
            long needed = demand.units(limit.getKey());
            if (needed > limit.getValue()) {
                return new Availability.Never(limit.getKey(), needed, limit.getValue());
            }
        }
        return new Availability.From(moment(state, demand, now));
    }

    /** One moment for all limits. If each limit kept its own, small calls behind a large one would start together. */
    private long moment(EndpointState state, Demand demand, long now) {
        long moment = Math.max(now, state.get(Attribute.HOLD));
        for (Bucket bucket : buckets) {
            moment = Math.max(moment, bucket.room(state, bucket.cost(demand)));
        }
        return day.isPresent() ? Math.max(moment, day.get().room(state, now)) : moment;
    }

    /**
     * How many of the calls, counted from the first, one write can take room for.
     *
     * @param latest the latest moment any of them may start
     */
    public int fitting(EndpointState state, List<Demand> demands, long now, long latest) {
        int fitting = 0;
        while (fitting < demands.size() && fits(state, demands.subList(0, fitting + 1), now, latest)) {
            fitting++;
        }
        return fitting;
    }

    private boolean fits(EndpointState state, List<Demand> demands, long now, long latest) {
        if (!(room(state, demands.getLast(), now) instanceof Availability.From)) {
            return false;
        }
        long moment = moment(state, demands.getFirst(), now);
        long end = latestThatDay(moment, latest);
        boolean soon = moment <= latest
                && buckets.stream()
                        .allMatch(bucket -> Math.max(moment, state.get(bucket.tat())) <= bucket
                                .highest(costs(bucket, demands), latest(bucket, demands, moment, end)));
        return soon && day.map(counter -> counter.left(state, moment) >= demands.size()).orElse(true);
    }

    /**
     * How many of the calls, counted from the first, one write should ask for: the most that it can take room for while
     * the limit is in full use. Their room lasts until the next write is due.
     *
     * @param ahead how far in the future they may start, nanoseconds
     */
    public int atOnce(List<Demand> demands, long ahead) {
        int most = 1;
        while (most < demands.size()
                && moment(EndpointState.EMPTY, demands.subList(0, most + 1), ahead - RENEWAL) <= 0) {
            most++;
        }
        return most;
    }

    /**
     * The moment from which one write can take room for all of these, each to start at most {@code ahead} later; or for
     * fewer, if the day has fewer left.
     */
    public long room(EndpointState state, List<Demand> demands, long ahead, long now) {
        long moment = Math.max(now, Math.max(state.get(Attribute.HOLD), moment(state, demands, ahead)));
        return day.map(counter -> Math.max(counter.room(state, now), moment)).orElse(moment);
    }

    private long moment(EndpointState state, List<Demand> demands, long ahead) {
        return buckets.stream()
                .filter(bucket -> isTakenBy(demands, bucket))
                .mapToLong(bucket -> state.get(bucket.tat())
                        - bucket.highest(costs(bucket, demands), latest(bucket, demands, 0, ahead)))
                .max()
                .orElse(Long.MIN_VALUE);
    }

    private static long[] costs(Bucket bucket, List<Demand> demands) {
        long[] costs = new long[demands.size()];
        Arrays.setAll(costs, i -> bucket.cost(demands.get(i)));
        return costs;
    }

    /**
     * Adds to a write what takes room for calls that go one after the other.
     *
     * @param demands at most {@link #fitting} of them
     * @param latest the latest moment any of them may start; not before the moment {@link #room} gives for the first
     */
    public void take(
            ConditionalUpdate.Builder update, Observation seen, List<Demand> demands, long now, long latest) {
        EndpointState state = seen.state();
        long moment = moment(state, demands.getFirst(), now);
        long end = latestThatDay(moment, latest);
        for (Bucket bucket : buckets) {
            boolean stale = seen.age() > bucket.slack() / 2;
            boolean busy = seen.callsPerSecond() * bucket.slack() > NANOS_PER_SECOND;
            bucket.take(update, state, costs(bucket, demands), moment, latest(bucket, demands, moment, end),
                    stale && busy);
        }
        day.ifPresent(counter -> counter.take(update, state, moment, demands.size()));
        update.guard(Guard.atMost(state, Attribute.HOLD, moment));
    }

    /** A call counts for the day of its planned moment, so it must start on that day. */
    private long latestThatDay(long moment, long latest) {
        return day.map(counter -> Math.min(latest, counter.end(moment) - 1)).orElse(latest);
    }

    /**
     * How late this limit may let a call start. The other limits have counted the call at the planned moment, so they
     * allow no more delay than their slack.
     */
    private long latest(Bucket bucket, List<Demand> demands, long moment, long latest) {
        long bound = latest;
        for (Bucket other : buckets) {
            if (!other.tat().equals(bucket.tat()) && isTakenBy(demands, other)) {
                bound = Math.min(bound, moment + other.slack());
            }
        }
        return bound;
    }

    private static boolean isTakenBy(List<Demand> demands, Bucket bucket) {
        for (Demand demand : demands) {
            if (bucket.cost(demand) > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * The item after each of the calls, as if they had been admitted one after the other.
     *
     * @param admitted the item after all of them were admitted
     */
    public List<EndpointState> each(EndpointState admitted, List<Demand> demands) {
        List<EndpointState> each = new ArrayList<>(List.of(admitted));
        for (Demand next : demands.subList(1, demands.size()).reversed()) {
            each.add(without(each.getLast(), next));
        }
        return each.reversed();
    }

    private EndpointState without(EndpointState admitted, Demand demand) {
        EndpointState before = admitted;
        for (Bucket bucket : buckets) {
            if (bucket.cost(demand) > 0) {
                before = ConditionalUpdate.builder()
                        .add(bucket.tat(), -bucket.cost(demand))
                        .build()
                        .applyTo(before);
            }
        }
        return before;
    }

    /** When the call may start whose admission left the item in this state. In the past if it may start at once. */
    public long slot(EndpointState admitted, Demand demand) {
        long slot = admitted.get(Attribute.HOLD);
        for (Bucket bucket : buckets) {
            slot = Math.max(slot, bucket.slot(admitted.get(bucket.tat()), bucket.cost(demand)));
        }
        return slot;
    }

    /** Requests counted so far against the daily limit, which the endpoint must have. */
    public static double usedOfDay(Limits limits, EndpointState state, long now) {
        return dayCounter(limits, 1)
                .map(counter -> (double) counter.used(state, now))
                .orElseGet(() -> Bucket.rollingDay(limits, 1).used(state, now));
    }

    /**
     * Adds the corrections of ended calls to a write: the tokens that the provider counted, and what it said about its
     * limits. What it says can make a limit fuller, never emptier.
     *
     * @param calls at least one
     * @param state the item as it is now
     */
    public void reconcile(ConditionalUpdate.Builder update, List<CompletedCall> calls, EndpointState state, long now) {
        new Reconciliation(buckets, limits.tokenAccounting(), share).reconcile(update, calls, state, now);
    }
}
