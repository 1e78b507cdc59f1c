package ailb.stats;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.time.Duration;

/**
 * The last known p95 of an endpoint's normalised latency (ADR 9): that of the current window, or of the last window
 * with enough answers. A slow endpoint gets so few calls that its window often has too few answers. If its latency were
 * forgotten at once, it would get its full share of calls each time.
 *
 * @param nanos the p95, see {@link Latency}
 * @param weight 1 while the window has enough answers, then falling linearly to 0 within 60 s; 0 where nothing is known
 */
public record KnownP95(double nanos, double weight) {

    private static final double P95 = 0.95;

    private static final double FORGOTTEN_AFTER = Duration.ofSeconds(60).toNanos();

    private static final KnownP95 NOTHING = new KnownP95(0, 0);

    /**
     * Reads the known p95 from the state. The write that recorded the last answer stored it, so that choices need not
     * compute it.
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
     * Adds the p95 and its time to the write that records an answer, if the window with that answer has enough answers.
     *
     * <p>Unguarded: if two writes race, either result is good, as both describe about the same moment. The window's own
     * guard limits how old a write can be to less than one epoch, and the next answer replaces it.
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
