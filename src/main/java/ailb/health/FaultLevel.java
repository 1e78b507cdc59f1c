package ailb.health;

import ailb.pool.Settings;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;

/**
 * Faults compared with all calls of the same time: a one-sided CUSUM (E. S. Page, "Continuous inspection schemes",
 * 1954; ADR 8). One fault in {@code step} calls counts as chance. A fault raises the level by step - 1, any other end
 * of a call lowers it by 1, and it never falls below 0. So answers to calls that began before an outage delay its
 * detection, but do not restart it.
 *
 * <p>Stored like the tat of a rate limit, with the number of ended calls as the clock: {@link Attribute#FAULT_LEVEL} is
 * the number of the call by which the faults so far would be explained by chance. Only a fault writes it. The clock is
 * the total of requests, which every recorded call raises anyway.
 */
final class FaultLevel {

    /** With fewer calls than this for each fault, every fault would explain itself. */
    private static final long LEAST_STEP = 2;

    /** With more, error rates below the usual suspect rate of 20 % would add up by chance. */
    private static final long LARGEST_STEP = 4;

    /**
     * By this many calls the item may be ahead of the instance's view. A fault then counts for less, by this many at
     * most, and only if the level was near 0. Without leeway most writes to a busy endpoint would be rejected.
     */
    private static final long LEEWAY = 10;

    private final long step;
    private final long full;

    FaultLevel(Settings.Health rules) {
        double step = Math.clamp(1 / rules.suspectErrorRate(), LEAST_STEP, LARGEST_STEP);
        this.step = Math.round(step);
        this.full = rules.hardConsecutiveErrors() * (this.step - 1);
    }

    /**
     * Adds a fault to the write that records it. That write adds 1 to the total of requests too.
     *
     * @param known the item as last seen; the write is rejected if the item has changed too much since
     */
    void raise(ConditionalUpdate.Builder outcome, EndpointState known) {
        long calls = known.get(Attribute.TOTAL_REQUESTS);
        long explained = known.get(Attribute.FAULT_LEVEL);
        if (known.has(Attribute.FAULT_LEVEL) && explained >= calls) {
            outcome.guard(new Guard.Between(Attribute.FAULT_LEVEL, explained, Long.MAX_VALUE));
            outcome.add(Attribute.FAULT_LEVEL, step);
        } else {
            outcome.guard(Guard.atMost(known, Attribute.FAULT_LEVEL, calls - 1));
            outcome.put(Attribute.FAULT_LEVEL, calls + step);
        }
        outcome.guard(Guard.atMost(known, Attribute.TOTAL_REQUESTS, Math.max(explained, calls + LEEWAY)));
    }

    /** Whether the level is as high as the faults in a row that always open the breaker would raise it. */
    boolean isFull(EndpointState recorded) {
        return recorded.get(Attribute.FAULT_LEVEL) - recorded.get(Attribute.TOTAL_REQUESTS) >= full;
    }
}
