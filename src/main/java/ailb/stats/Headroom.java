package ailb.stats;

import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What is left of a per-minute limit over several endpoints together. Only endpoints that take calls count.
 *
 * @param limit usable units a minute: the sum of the endpoints' limits after their margins
 * @param remaining units not used within the last minute, estimated from the rolling window; 0 to {@code limit}
 * @param reset time until the whole limit is free again without further calls
 */
public record Headroom(LimitKind kind, long limit, long remaining, Duration reset) {

    private static final List<LimitKind> KINDS = List.of(
            LimitKind.REQUESTS_PER_MINUTE,
            LimitKind.TOKENS_PER_MINUTE,
            LimitKind.INPUT_TOKENS_PER_MINUTE,
            LimitKind.OUTPUT_TOKENS_PER_MINUTE);

    /**
     * The limits that all of the endpoints have. If one endpoint lacks a limit, the group has none.
     *
     * @param now nanoseconds since the epoch
     */
    public static List<Headroom> of(
            Collection<Endpoint> endpoints, Function<Endpoint, EndpointState> states, long now) {
        List<Uses> taking = new ArrayList<>(endpoints.size());
        for (Endpoint endpoint : endpoints) {
            EndpointState state = states.apply(endpoint);
            if (Breaker.isClosed(state)) {
                taking.add(new Uses(endpoint.limits(), state, Window.of(state, now)));
            }
        }
        return KINDS.stream().flatMap(kind -> together(kind, taking, now).stream()).toList();
    }

    private static Optional<Headroom> together(LimitKind kind, List<Uses> endpoints, long now) {
        Optional<Headroom> together = Optional.empty();
        for (Uses endpoint : endpoints) {
            Optional<Headroom> one = endpoint.of(kind, now);
            if (one.isEmpty()) {
                return one;
            }
            together = together.map(one.get()::plus).or(() -> one);
        }
        return together;
    }

    private Headroom plus(Headroom other) {
        return new Headroom(
                kind,
                limit + other.limit,
                remaining + other.remaining,
                reset.compareTo(other.reset) > 0 ? reset : other.reset);
    }

    /** One endpoint's limits, and the state that shows their use. */
    private record Uses(Limits limits, EndpointState state, Window window) {

        Optional<Headroom> of(LimitKind kind, long now) {
            OptionalLong limit = limit(kind);
            return limit.isPresent() ? Optional.of(headroom(kind, limit.getAsLong(), now)) : Optional.empty();
        }

        /** Separate limits on input and output tokens count as a limit on their sum, unless that has its own. */
        private OptionalLong limit(LimitKind kind) {
            OptionalLong own = limits.of(kind);
            if (own.isPresent() || kind != LimitKind.TOKENS_PER_MINUTE) {
                return own;
            }
            OptionalLong input = limits.of(LimitKind.INPUT_TOKENS_PER_MINUTE);
            OptionalLong output = limits.of(LimitKind.OUTPUT_TOKENS_PER_MINUTE);
            return input.isPresent() && output.isPresent()
                    ? OptionalLong.of(input.getAsLong() + output.getAsLong())
                    : OptionalLong.empty();
        }

        private Headroom headroom(LimitKind kind, long amount, long now) {
            double limit = amount * limits.usedShare(kind);
            double used = Math.clamp(used(kind, now), 0, limit);
            long drained = (long) (used / limit * kind.period().toNanos());
            long held = state.get(Attribute.HOLD); // no calls until then
            long remaining = held > now ? 0 : (long) Math.min(limit - used, leftOfTheDay(kind, now));
            return new Headroom(kind, (long) limit, remaining, Duration.ofNanos(Math.max(drained, held - now)));
        }

        private double leftOfTheDay(LimitKind kind, long now) {
            OptionalLong day = limits.of(LimitKind.REQUESTS_PER_DAY);
            return kind.countsRequests() && day.isPresent()
                    ? Math.max(0, day.getAsLong() - used(LimitKind.REQUESTS_PER_DAY, now))
                    : Double.MAX_VALUE;
        }

        private double used(LimitKind kind, long now) {
            return LimitUse.used(kind, limits, state, window, now);
        }
    }
}
