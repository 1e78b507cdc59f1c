package ailb.stats;

import ailb.admission.Admission;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.List;
import java.util.Map;

/**
 * The used part of a limit.
 *
 * @param used units used in the last minute, estimated from the rolling window; for a daily limit, in the day
 * @param limit units for each period
 */
public record LimitUse(LimitKind kind, double used, long limit) {

    /**
     * The use of every configured limit, in the order of {@link LimitKind}.
     *
     * @param window of the state, at this moment
     */
    static List<LimitUse> of(Limits limits, EndpointState state, Window window, long now) {
        return limits.amounts()
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(limit -> of(limit, limits, state, window, now))
                .toList();
    }

    private static LimitUse of(
            Map.Entry<LimitKind, Long> limit, Limits limits, EndpointState state, Window window, long now) {
        LimitKind kind = limit.getKey();
        return new LimitUse(kind, used(kind, limits, state, window, now), limit.getValue());
    }

    /** @param kind need not be a configured limit */
    static double used(LimitKind kind, Limits limits, EndpointState state, Window window, long now) {
        return switch (kind) {
            case REQUESTS_PER_DAY -> Admission.usedOfDay(limits, state, now);
            case REQUESTS_PER_MINUTE -> window.perMinute(WindowSlot::admitted);
            case INPUT_TOKENS_PER_MINUTE -> window.perMinute(WindowSlot::admittedInput);
            case OUTPUT_TOKENS_PER_MINUTE -> window.perMinute(WindowSlot::admittedOutput);
            case TOKENS_PER_MINUTE ->
                window.perMinute(WindowSlot::admittedInput) + window.perMinute(WindowSlot::admittedOutput);
        };
    }

    /** Share of the limit still free, 0 to 1. */
    public double free() {
        return free(used, limit);
    }

    private static double free(double used, long limit) {
        return Math.clamp(1 - used / limit, 0, 1);
    }

    /**
     * The capacity of an endpoint: the free share of its most used limit; 1 without limits.
     *
     * @param window of the state, at this moment
     */
    public static double capacity(Limits limits, EndpointState state, Window window, long now) {
        double capacity = 1;
        for (Map.Entry<LimitKind, Long> limit : limits.amounts().entrySet()) {
            double used = used(limit.getKey(), limits, state, window, now);
            capacity = Math.min(capacity, free(used, limit.getValue()));
        }
        return capacity;
    }
}
