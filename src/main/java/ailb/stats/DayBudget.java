package ailb.stats;

import ailb.pool.Settings;
import ailb.state.EndpointState;
import java.util.stream.Stream;

/**
 * The pool's spend of the current UTC day against its budget.
 *
 * @param cost the budget, if there is one, and the cost exponent without it
 * @param spent nano-dollars of the UTC day, of calls that have ended; those in flight are not known
 */
public record DayBudget(Settings.Cost cost, long spent) {

    private static final double NANO_DOLLARS = 1e9;

    /** Share of the budget up to which it makes no difference: half a day's worth is no reason to save. */
    private static final double UNTROUBLED = 0.5;

    /** What the exponent has risen by when the budget is used up. */
    private static final double RISE = 6;

    /**
     * @param states the items of all endpoints of the pool
     * @param now nanoseconds since the epoch
     */
    public static DayBudget of(Settings.Cost cost, Stream<EndpointState> states, long now) {
        return new DayBudget(cost, states.mapToLong(state -> Spend.today(state, now)).sum());
    }

    /** Share of the budget that is spent, 0 without a budget; above 1 once calls in flight have overdrawn it. */
    double used() {
        return cost.budget().isEmpty() ? 0 : spent / (cost.budget().getAsDouble() * NANO_DOLLARS);
    }

    public boolean isUsedUp() {
        return used() >= 1;
    }

    /**
     * How strongly cheaper endpoints are preferred: as set while half of the budget is left, from there on rising in a
     * straight line by 6 until it is used up.
     */
    public double exponent() {
        return cost.exponent() + RISE * Math.clamp((used() - UNTROUBLED) / (1 - UNTROUBLED), 0, 1);
    }
}
