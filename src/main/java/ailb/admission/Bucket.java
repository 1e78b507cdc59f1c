package ailb.admission;

import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One limit kept by the generic cell rate algorithm (ITU-T I.371, "virtual scheduling"): all that is stored is the
 * theoretical arrival time {@code tat}, which each unit moves forward by the emission interval, and which may run ahead
 * of the clock by {@code depth}. All times are nanoseconds.
 *
 * @param retriesOnly whether only retries count against it
 * @param tat where the theoretical arrival time is stored
 * @param interval emission interval of one unit: period / (limit x margin x share)
 * @param depth how far the tat may run ahead: burst x interval
 * @param usable how much of the depth these calls may take; the rest is for calls of a higher priority
 */
record Bucket(LimitKind kind, boolean retriesOnly, Attribute tat, double interval, long depth, long usable) {

    /**
     * The share of an endpoint's requests that may be retries, so that an outage elsewhere does not double its load.
     */
    private static final double RETRIES = 0.2;

    /** Retries that may come at once: those of 10 s, and a few at least. */
    private static final double LEAST_RETRIES_AT_ONCE = 10;

    private static final double RETRIES_AT_ONCE = 10.0 / 60;

    private static final long LONGEST_SLACK = Duration.ofMillis(200).toNanos();

    /**
     * The buckets of an endpoint. A limit a calendar day is no bucket (see {@link DayCounter}).
     *
     * @param share the share of each limit to use, above 0 and at most 1. A bucket of a share is as deep in time as the
     *     whole bucket, so a tat means the same in both. One request always fits into an empty bucket
     */
    static List<Bucket> of(Limits limits, double share) {
        List<Bucket> buckets = new ArrayList<>(LimitKind.values().length);
        limits.amounts().forEach((kind, amount) -> {
            if (kind != LimitKind.REQUESTS_PER_DAY) {
                buckets.add(perMinute(kind, amount, limits, share));
            } else if (limits.dayReset() == null) {
                buckets.add(rollingDay(limits, share));
            }
        });
        limits.of(LimitKind.REQUESTS_PER_MINUTE).ifPresent(amount -> buckets.add(retries(amount, share)));
        return buckets;
    }

    private static Bucket retries(long requests, double share) {
        double amount = RETRIES * requests;
        double interval = LimitKind.REQUESTS_PER_MINUTE.period().toNanos() / (amount * share);
        double burst = Math.max(LEAST_RETRIES_AT_ONCE, RETRIES_AT_ONCE * amount);
        long depth = (long) Math.ceil(burst * share * interval);
        return new Bucket(LimitKind.REQUESTS_PER_MINUTE, true, Attribute.RETRIES, interval, depth, depth);
    }

    /** Requests of any 24 hours. */
    static Bucket rollingDay(Limits limits, double share) {
        long amount = limits.of(LimitKind.REQUESTS_PER_DAY).orElseThrow();
        return of(LimitKind.REQUESTS_PER_DAY, amount, (double) amount, 1, share);
    }

    private static Bucket perMinute(LimitKind kind, long amount, Limits limits, double share) {
        if (kind.countsRequests()) {
            double burst = limits.burst().orElse(limits.pacing().requestBurst(amount));
            return of(kind, amount, burst, limits.usedShare(kind), share);
        }
        return of(kind, amount, limits.pacing().tokenBurst(amount), limits.usedShare(kind), share);
    }

    private static Bucket of(LimitKind kind, long amount, double burst, double margin, double share) {
        double interval = kind.period().toNanos() / (amount * margin * share);
        long depth = (long) Math.ceil(burst * share * interval);
        return new Bucket(kind, false, attribute(kind), interval, depth, depth);
    }

    /** The same bucket for calls that may use only this share of the depth. */
    Bucket upTo(double burstShare) {
        return new Bucket(kind, retriesOnly, tat, interval, depth, (long) (depth * burstShare));
    }

    /** The same bucket for calls that may start up to {@code nanos} before the moment they count at. */
    Bucket early(long nanos) {
        return new Bucket(kind, retriesOnly, tat, interval, depth, Math.max(0, usable - nanos));
    }

    private static Attribute attribute(LimitKind kind) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE -> Attribute.REQUESTS;
            case REQUESTS_PER_DAY -> Attribute.ROLLING_DAY;
            case TOKENS_PER_MINUTE -> Attribute.TOKENS;
            case INPUT_TOKENS_PER_MINUTE -> Attribute.INPUT_TOKENS;
            case OUTPUT_TOKENS_PER_MINUTE -> Attribute.OUTPUT_TOKENS;
        };
    }

    boolean isPerMinute() {
        return kind != LimitKind.REQUESTS_PER_DAY;
    }

    /** The time by which a call moves the tat; 0 if it takes nothing of this limit. */
    long cost(Demand demand) {
        return retriesOnly && !demand.retry() ? 0 : cost(demand.units(kind));
    }

    long cost(long units) {
        return (long) (units * interval);
    }

    /** Units that are taken, and that time has not given back yet. */
    double used(EndpointState state, long now) {
        return Math.max(0, state.get(tat) - now) / interval;
    }

    /**
     * The depth for a call of this cost. A call larger than the burst waits for an empty bucket and takes all of it.
     */
    long depth(long cost) {
        return Math.max(usable, cost);
    }

    /** How far the tat may be behind a call's moment and still be added to: a small credit for idle time. */
    long slack() {
        return Math.min(LONGEST_SLACK, depth / 4);
    }

    /** The moment from which this limit has room for a call of this cost. */
    long room(EndpointState state, long cost) {
        return cost == 0 ? Long.MIN_VALUE : state.get(tat) + cost - depth(cost);
    }

    /** When the call that took the tat to {@code reached} may start. */
    long slot(long reached, long cost) {
        return cost == 0 ? Long.MIN_VALUE : reached - depth(cost);
    }

    /**
     * Adds this limit's part of an admission.
     *
     * @param costs of the calls, one after the other; 0 for those that take nothing of this limit
     * @param room the moment from which every limit has room for the first
     * @param latest the latest moment at which any of them may start
     * @param likelyBusy whether other calls have probably moved the tat since the state was read
     */
    void take(ConditionalUpdate.Builder update, EndpointState state, long[] costs, long room, long latest,
            boolean likelyBusy) {
        long all = 0;
        for (long cost : costs) {
            all += cost;
        }
        if (all == 0) {
            return;
        }
        boolean close = state.get(tat) >= room - slack() / 2;
        if (state.has(tat) && (close || likelyBusy)) {
            update.guard(new Guard.Between(tat, room - slack(), highest(costs, latest)));
            update.add(tat, all);
        } else {
            update.guard(Guard.atMost(state, tat, room - 1));
            update.put(tat, room + all);
        }
    }

    /** The highest tat that allows adding all of these without one starting after {@code latest}. */
    long highest(long[] costs, long latest) {
        long highest = Long.MAX_VALUE;
        long before = 0;
        for (long cost : costs) {
            before += cost;
            highest = cost == 0 ? highest : Math.min(highest, latest + depth(cost) - before);
        }
        return highest;
    }
}
