package ailb.health;

import ailb.pool.Settings;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;

/**
 * Faults against the calls of the same time: a one-sided CUSUM (E. S. Page, "Continuous inspection schemes", 1954). Of
 * every {@code step} calls that end, one fault is explained by chance. A fault raises the level by step - 1, any other
 * end of a call lowers it by 1, and it never falls below 0. So answers to calls that began before an outage delay its
 * finding and do not start it anew.
 *
 * <p>Kept like the tat of a rate limit, with the calls that have ended for a clock: {@link Attribute#FAULT_LEVEL} is
 * the number of the call up to which the faults so far are explained. Only a fault writes it; the clock is the total of
 * requests, which every report adds to anyway.
 */
final class FaultLevel {

    /** Faults among fewer calls than this would not add up: each would be explained by its own call. */
    private static final long LEAST_STEP = 2;

    /** With more, errors below the usual suspect rate of 20 % would add up by chance. */
    private static final long LARGEST_STEP = 4;

    /**
     * By so many calls the item may be ahead of what the reporter knows. A fault then counts for less, by as many at
     * most and only where the level was near 0; without any leeway most reports of a busy endpoint would be refused.
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
     * Adds a fault to the write that reports it, which adds 1 to the total of requests.
     *
     * @param known the item as last seen; where it has moved on too far the write is refused
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

    /** Whether there are as many as faults in a row that always take an endpoint out, answers in between allowed for. */
    boolean isFull(EndpointState recorded) {
        return recorded.get(Attribute.FAULT_LEVEL) - recorded.get(Attribute.TOTAL_REQUESTS) >= full;
    }
}
