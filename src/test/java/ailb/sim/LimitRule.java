package ailb.sim;

import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.state.Attribute;
import java.util.ArrayList;
import java.util.List;

/**
 * One limit as section 3 of the design has it kept, written apart from the code that keeps it. All times are nanoseconds.
 *
 * @param interval emission interval T of one unit
 * @param depth tau, how far the arrival time may run ahead of the clock
 */
record LimitRule(Attribute tat, LimitKind kind, boolean retriesOnly, double interval, double depth) {

    private static final double RETRIES = 0.2;
    private static final double RETRIES_AT_ONCE = 1.0 / 6;

    static List<LimitRule> of(Limits limits) {
        List<LimitRule> rules = new ArrayList<>();
        limits.of(LimitKind.REQUESTS_PER_MINUTE).ifPresent(limit -> {
            rules.add(switch (limits.pacing()) {
                case BUCKET -> rule(Attribute.REQUESTS, LimitKind.REQUESTS_PER_MINUTE, limit, (double) limit, 1);
                case SMOOTH ->
                    rule(Attribute.REQUESTS, LimitKind.REQUESTS_PER_MINUTE, limit, Math.max(1, limit / 60.0), 0.97);
                case EVEN -> rule(Attribute.REQUESTS, LimitKind.REQUESTS_PER_MINUTE, limit, 1, 0.95);
            });
            double retries = RETRIES * limit;
            double interval = Enforcement.MINUTE / retries;
            rules.add(new LimitRule(
                    Attribute.RETRIES,
                    LimitKind.REQUESTS_PER_MINUTE,
                    true,
                    interval,
                    Math.max(10, retries * RETRIES_AT_ONCE) * interval));
        });
        if (limits.dayReset() == null) {
            limits.of(LimitKind.REQUESTS_PER_DAY)
                    .ifPresent(limit -> rules.add(
                            rule(Attribute.ROLLING_DAY, LimitKind.REQUESTS_PER_DAY, limit, (double) limit, 1)));
        }
        tokens(rules, limits, LimitKind.TOKENS_PER_MINUTE, Attribute.TOKENS);
        tokens(rules, limits, LimitKind.INPUT_TOKENS_PER_MINUTE, Attribute.INPUT_TOKENS);
        tokens(rules, limits, LimitKind.OUTPUT_TOKENS_PER_MINUTE, Attribute.OUTPUT_TOKENS);
        return List.copyOf(rules);
    }

    private static void tokens(List<LimitRule> rules, Limits limits, LimitKind kind, Attribute tat) {
        limits.of(kind)
                .ifPresent(limit -> rules.add(
                        switch (limits.pacing()) {
                            case BUCKET -> rule(tat, kind, limit, (double) limit, 1);
                            case SMOOTH, EVEN -> rule(tat, kind, limit, 0.2 * limit, 0.8);
                        }));
    }

    private static LimitRule rule(Attribute tat, LimitKind kind, long limit, double burst, double margin) {
        double interval = kind.period().toNanos() / (limit * margin);
        return new LimitRule(tat, kind, false, interval, burst * interval);
    }

    /** Credit of an idle instant: h. */
    double slack() {
        return Math.min(200e6, depth / 4);
    }

    /** Units of a call of so many tokens. */
    double units(double input, double output) {
        return switch (kind) {
            case REQUESTS_PER_MINUTE, REQUESTS_PER_DAY -> 1;
            case TOKENS_PER_MINUTE -> input + output;
            case INPUT_TOKENS_PER_MINUTE -> input;
            case OUTPUT_TOKENS_PER_MINUTE -> output;
        };
    }

    /** When the call may start that took the arrival time here, with so much of the depth for its class. */
    double slot(double reached, double units, double usable) {
        return reached - Math.max(usable * depth, units * interval);
    }

    /**
     * Units that any period of this length may hold at most: (L + tau + h) / T, and another h where there is more than
     * one limit, as every limit of requests has the one of retries beside it.
     */
    double most(double length, double dearest) {
        return (length + Math.max(depth, dearest * interval) + 2 * slack()) / interval;
    }
}
