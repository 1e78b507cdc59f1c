package ailb.stats;

import ailb.health.Breaker;
import ailb.health.Opening;
import ailb.pool.Endpoint;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The published statistics of an endpoint.
 *
 * @param capacity share of its limits still free, 0 to 1
 * @param uses the used part of each limit
 * @param opening why it is out; empty while it takes calls
 * @param heldUntil no calls before this moment, because the provider asked for it; nanoseconds since the epoch, 0 for
 *     none
 * @param windowAdmitted admitted calls of the rolling window, whatever their outcome: the endpoint's traffic
 * @param windowAnswers answered calls of the rolling window, on which the latencies are based
 * @param windowCalls calls of the rolling window whose outcome says something about health
 * @param windowFailures those of {@code windowCalls} that failed by the endpoint's fault
 * @param p50 median of the normalised latency (see {@link Latency}) in nanoseconds; empty with too few answers
 * @param spentToday nano-dollars of the current UTC day
 */
public record EndpointStatistics(
        Endpoint endpoint,
        double capacity,
        List<LimitUse> uses,
        Optional<Opening> opening,
        long heldUntil,
        long generation,
        long consecutiveErrors,
        long totalRequests,
        long totalFailures,
        long totalRateLimited,
        long totalInputTokens,
        long totalOutputTokens,
        double windowAdmitted,
        double windowAnswers,
        double windowCalls,
        double windowFailures,
        OptionalDouble p50,
        OptionalDouble p95,
        long spentToday) {

    /** @param now nanoseconds since the epoch */
    public static EndpointStatistics of(Endpoint endpoint, EndpointState state, long now) {
        Window window = Window.of(state, now);
        return new EndpointStatistics(
                endpoint,
                LimitUse.capacity(endpoint.limits(), state, window, now),
                LimitUse.of(endpoint.limits(), state, window, now),
                Breaker.opening(state),
                state.get(Attribute.HOLD),
                state.get(Attribute.GENERATION),
                state.get(Attribute.CONSECUTIVE_FAILURES),
                state.get(Attribute.TOTAL_REQUESTS),
                state.get(Attribute.TOTAL_FAILURES),
                state.get(Attribute.TOTAL_RATE_LIMITED),
                state.get(Attribute.TOTAL_INPUT_TOKENS),
                state.get(Attribute.TOTAL_OUTPUT_TOKENS),
                window.sum(WindowSlot::admitted),
                window.sum(WindowSlot::successes),
                window.sum(WindowSlot::calls),
                window.sum(WindowSlot::failures),
                Latency.quantile(window, 0.5),
                Latency.quantile(window, 0.95),
                Spend.today(state, now));
    }

    /** Failures that were the endpoint's, as a share of all calls to it; 0 before the first. */
    public double errorRate() {
        return totalRequests == 0 ? 0 : (double) totalFailures / totalRequests;
    }
}
