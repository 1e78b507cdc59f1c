package ailb.dispatch;

import ailb.admission.Observation;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Window;

/**
 * The share of an endpoint's limits that one instance may use by itself: its part in the fleet's traffic as last seen.
 * Were all to keep to theirs, the fleet would keep to the limits.
 */
final class LocalShare {

    /** With a smaller share the interval of a daily limit would leave the range of points in time. */
    private static final double LEAST = 1e-4;

    private LocalShare() {}

    /**
     * The share, above 0 and at most 1.
     *
     * @param own the window of this instance's own admissions
     * @param fleet the endpoint as last seen
     * @param now nanoseconds since the epoch
     * @param unknown the share where neither tells anything
     */
    static double of(EndpointState own, Observation fleet, long now, double unknown) {
        if (fleet.age() > Window.LENGTH.toNanos()) {
            return Math.max(LEAST, unknown); // an instance that slept knows nothing of the fleet
        }
        long seen = now - fleet.age();
        double ours = Window.of(own, seen).sum(WindowSlot::admitted);
        double all = Window.of(fleet.state(), seen).sum(WindowSlot::admitted);
        double share = ours > 0 && all > 0 ? Math.min(1, ours / all) : unknown;
        return Math.max(LEAST, share);
    }

    /**
     * The item to begin with alone: as last seen, since a bucket of a share is as full as the whole one was. Only what
     * was counted of the day is shared like the limit.
     */
    static EndpointState beginning(EndpointState known, double share) {
        return ConditionalUpdate.builder()
                .put(Attribute.DAY_REQUESTS, (long) (known.get(Attribute.DAY_REQUESTS) * share))
                .build()
                .applyTo(known);
    }
}
