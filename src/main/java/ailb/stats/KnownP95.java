package ailb.stats;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.time.Duration;

/**
 * The p95 of an endpoint's normalised latency, as far as it is known: that of the window, or the last one that a window
 * told. A slow endpoint gets so few calls that its window often holds too few answers; forgetting at once what made it
 * get so few would send it its full share of calls every time.
 *
 * @param nanos the p95, see {@link Latency}
 * @param weight how much it still tells: 1 while the window holds enough answers, then falling in a straight line to 0
 *     within 60 s; 0 where nothing is known
 */
public record KnownP95(double nanos, double weight) {

    private static final double P95 = 0.95;

    private static final double FORGOTTEN_AFTER = Duration.ofSeconds(60).toNanos();

    private static final KnownP95 NOTHING = new KnownP95(0, 0);

    /**
     * What is known of an endpoint. The last answer's write has left the p95 of its window, so that no choice has to put
     * it together.
     *
     * @param window of the state, at this moment
     * @param now nanoseconds since the epoch
     */
    public static KnownP95 of(EndpointState state, Window window, long now) {
        if (!state.has(Attribute.P95_AT)) {
            return NOTHING;
        }
        double p95 = state.get(Attribute.P95);
        if (window.sum(WindowSlot::successes) >= Latency.ENOUGH) {
            return new KnownP95(p95, 1);
        }
        double age = Math.max(0, now - state.get(Attribute.P95_AT));
        return age >= FORGOTTEN_AFTER ? NOTHING : new KnownP95(p95, 1 - age / FORGOTTEN_AFTER);
    }

    /**
     * Adds what the write that records an answer leaves to be known to that write, where the window with the answer tells it.
     *
     * <p>Unguarded: of two writes at once either may stand, for each is true of about the same moment. One made from an
     * older view is less than an epoch behind, for the window's own guard says so, and stands until the next answer.
     *
     * @param recorded the item as the write leaves it
     */
    public static void keep(ConditionalUpdate.Builder outcome, EndpointState recorded, long now) {
        Latency.quantile(Window.of(recorded, now), P95).ifPresent(p95 -> {
            outcome.put(Attribute.P95, Math.round(p95));
            outcome.put(Attribute.P95_AT, now);
        });
    }
}
