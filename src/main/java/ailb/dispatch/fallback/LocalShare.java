package ailb.dispatch.fallback;

import ailb.admission.Observation;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;
import java.util.List;

/**
 * The share of an endpoint's limits that one instance may use by itself: its part in the fleet's traffic as last seen
 * (ADR 7). If every instance keeps to its share, the fleet keeps to the limits.
 *
 * <p>Where calls are few, instances see different totals: one saw itself make 3 of 3 calls, a later one 2 of 4. Their
 * shares would add up to more than one. So {@link #UNSEEN} calls are added to the fleet's.
 */
final class LocalShare {

    /** With a smaller share the emission interval of a daily limit would overflow. */
    private static final double LEAST = 1e-4;

    /**
     * Calls of other instances that this one may not have seen. A larger number leaves too little to an instance that
     * calls seldom.
     */
    private static final double UNSEEN = 5;

    /** The fields that say how full the limits are, as points in time. */
    private static final List<Attribute> MOMENTS = List.of(
            Attribute.REQUESTS,
            Attribute.TOKENS,
            Attribute.INPUT_TOKENS,
            Attribute.OUTPUT_TOKENS,
            Attribute.ROLLING_DAY,
            Attribute.HOLD);

    private LocalShare() {}

    /**
     * The share, above 0 and at most 1.
     *
     * @param own the window of this instance's own admissions
     * @param fleet the endpoint as last seen
     * @param now nanoseconds since the epoch
     * @param unknown the share where neither window has calls
     */
    static double of(EndpointState own, Observation fleet, long now, double unknown) {
        if (fleet.age() > Window.LENGTH.toNanos()) {
            return Math.max(LEAST, unknown); // an instance that slept knows nothing of the fleet
        }
        long seen = now - fleet.age();
        double ours = Window.of(own, seen).sum(WindowSlot::admitted);
        double all = Window.of(fleet.state(), seen).sum(WindowSlot::admitted);
        double share = ours > 0 && all > 0 ? Math.min(1, ours / (all + UNSEEN)) : unknown;
        return Math.max(LEAST, share);
    }

    /**
     * The item to begin an outage with: the one last seen, as a share of a bucket is as full as the whole bucket. Only
     * the day's count is divided as the limit is. What the outage before took still counts. Otherwise a store that
     * comes and goes would allow a burst each time.
     *
     * @param before the instance's own item at the end of the outage before; empty if there was none
     */
    static EndpointState beginning(EndpointState known, EndpointState before, double share) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        for (Attribute moment : MOMENTS) {
            if (before.get(moment) > known.get(moment)) {
                update.put(moment, before.get(moment));
            }
        }
        long day = Math.max(known.get(Attribute.DAY), before.get(Attribute.DAY));
        long shared = known.get(Attribute.DAY) == day ? (long) (known.get(Attribute.DAY_REQUESTS) * share) : 0;
        long own = before.get(Attribute.DAY) == day ? before.get(Attribute.DAY_REQUESTS) : 0;
        return update.put(Attribute.DAY, day)
                .put(Attribute.DAY_REQUESTS, Math.max(shared, own))
                .build()
                .applyTo(known);
    }
}
