package ailb.stats;

import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import ailb.state.WindowSlot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Rolling counts over the last 30 seconds. Time is divided into epochs of 30 seconds, and epoch {@code n} uses slot
 * {@code n mod 2}. In sums the previous epoch is weighted by the part of it that is still within the window.
 */
public final class Window {

    /** Length of an epoch, and of the window. */
    public static final Duration LENGTH = Duration.ofSeconds(30);

    /** A compile-time constant: dividing by it is many times faster than dividing by a field of a Duration. */
    private static final long NANOS = LENGTH.toNanos();

    private static final double PER_MINUTE = (double) Duration.ofMinutes(1).toNanos() / NANOS;

    private final EndpointState state;
    private final long epoch;
    private final WindowSlot current;
    private final WindowSlot previous;
    private final double currentWeight;
    private final double previousWeight;

    private Window(EndpointState state, long epoch, double previousWeight) {
        this.state = state;
        this.epoch = epoch;
        this.current = slot(epoch);
        this.previous = slot(epoch - 1);
        this.currentWeight = state.get(current.epoch()) == epoch ? 1 : 0;
        this.previousWeight = state.get(previous.epoch()) == epoch - 1 ? previousWeight : 0;
    }

    /**
     * The window of an endpoint. If this clock is behind the one that counted last, the newest counted epoch is used.
     *
     * @param now nanoseconds since the epoch
     */
    public static Window of(EndpointState state, long now) {
        long epoch = Math.floorDiv(now, NANOS);
        for (WindowSlot slot : Attribute.WINDOW) {
            epoch = Math.max(epoch, state.get(slot.epoch()));
        }
        double elapsed = (double) (now - epoch * NANOS) / NANOS;
        return new Window(state, epoch, 1 - Math.clamp(elapsed, 0, 1));
    }

    /** The count over the window. */
    public double sum(Function<WindowSlot, Attribute> counter) {
        return currentWeight * state.get(counter.apply(current)) + previousWeight * state.get(counter.apply(previous));
    }

    /** The count over the window, as a rate a minute. */
    public double perMinute(Function<WindowSlot, Attribute> counter) {
        return PER_MINUTE * sum(counter);
    }

    /** Adds counts to a write: to the current slot's counts, or replacing those of an older epoch. */
    public void count(ConditionalUpdate.Builder update, Map<Function<WindowSlot, Attribute>, Long> counts) {
        count(update, List.of(counts));
    }

    /** Adds the sums of several counts. */
    public void count(ConditionalUpdate.Builder update, List<Map<Function<WindowSlot, Attribute>, Long>> counts) {
        Map<Attribute, Long> deltas = new HashMap<>();
        counts.forEach(
                each -> each.forEach((counter, delta) -> deltas.merge(counter.apply(current), delta, Long::sum)));
        if (state.get(current.epoch()) == epoch) {
            update.guard(Guard.equal(current.epoch(), epoch));
            deltas.forEach(update::add);
        } else {
            update.guard(Guard.atMost(state, current.epoch(), epoch - 1));
            update.put(current.epoch(), epoch);
            deltas.forEach(update::put);
            current.counters()
                    .stream()
                    .filter(counter -> !deltas.containsKey(counter))
                    .forEach(update::remove);
        }
    }

    private static WindowSlot slot(long epoch) {
        return Attribute.WINDOW.get((int) Math.floorMod(epoch, 2L));
    }
}
