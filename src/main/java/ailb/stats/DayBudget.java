package ailb.stats;

import ailb.pool.Settings;
import ailb.state.EndpointState;
import java.util.stream.Stream;

/**
 * The pool's spend of the current UTC day against its budget.
 *
 * @param cost the budget, if any, and the cost exponent that applies without one
 * @param spent nano-dollars of the UTC day, for calls that have ended; calls in flight are not included
 */
public record DayBudget(Settings.Cost cost, long spent) {

    private static final double NANO_DOLLARS = 1e9;

    /** The share of the budget that may be spent before cheaper endpoints are preferred more. */
    private static final double UNTROUBLED = 0.5;

    /** How much the exponent has risen when the budget is used up. */
    private static final double RISE = 6;

    /**
     * @param states the items of all endpoints of the pool
     * @param now nanoseconds since the epoch
     */
    public static DayBudget of(Settings.Cost cost, Stream<EndpointState> states, long now) {
        return new DayBudget(cost, states.mapToLong(state -> Spend.today(state, now)).sum());
    }

    /** The spent share of the budget; 0 without a budget. Above 1 if calls in flight have overspent it. */
    double used() {
        return cost.budget().isEmpty() ? 0 : spent / (cost.budget().getAsDouble() * NANO_DOLLARS);
    }

    public boolean isUsedUp() {
        return used() >= 1;
    }

    /**
     * How strongly cheaper endpoints are preferred: the configured exponent while at least half of the budget is left.
     * After that it rises linearly, by 6 in total when the budget is used up.
     */
    public double exponent() {
        return cost.exponent() + RISE * Math.clamp((used() - UNTROUBLED) / (1 - UNTROUBLED), 0, 1);
    }
}
