package ailb.stats;

import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is left of a limit a minute over several endpoints together, of which only those count that take calls.
 *
 * @param limit units a minute that are used of the endpoints' limits
 * @param remaining units of them not taken within the last minute, going by the rolling window; 0 to {@code limit}
 * @param reset until nothing of it is in use, if nothing more comes
 */
public record Headroom(LimitKind kind, long limit, long remaining, Duration reset) {

    private static final List<LimitKind> KINDS = List.of(
            LimitKind.REQUESTS_PER_MINUTE,
            LimitKind.TOKENS_PER_MINUTE,
            LimitKind.INPUT_TOKENS_PER_MINUTE,
            LimitKind.OUTPUT_TOKENS_PER_MINUTE);

    /**
     * The limits that all of the endpoints have: where one has none, they have none together.
     *
     * @param now nanoseconds since the epoch
     */
    public static List<Headroom> of(
            Collection<Endpoint> endpoints, Function<Endpoint, EndpointState> states, long now) {
        List<Uses> taking = endpoints.stream()
                .filter(endpoint -> Breaker.isClosed(states.apply(endpoint)))
                .map(endpoint -> Uses.of(endpoint, states.apply(endpoint), now))
                .toList();
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

    /**
     * One endpoint's limits and what is in use of them.
     *
     * @param held until when it is left alone, nanoseconds since the epoch
     */
    private record Uses(Endpoint endpoint, Map<LimitKind, LimitUse> uses, long held) {

        static Uses of(Endpoint endpoint, EndpointState state, long now) {
            Map<LimitKind, LimitUse> uses = new EnumMap<>(LimitKind.class);
            LimitUse.of(endpoint.limits(), state, now).forEach(use -> uses.put(use.kind(), use));
            LimitUse input = uses.get(LimitKind.INPUT_TOKENS_PER_MINUTE);
            LimitUse output = uses.get(LimitKind.OUTPUT_TOKENS_PER_MINUTE);
            if (input != null && output != null) {
                // Limits on both are one on their sum.
                uses.putIfAbsent(
                        LimitKind.TOKENS_PER_MINUTE,
                        new LimitUse(
                                LimitKind.TOKENS_PER_MINUTE,
                                input.used() + output.used(),
                                input.limit() + output.limit()));
            }
            return new Uses(endpoint, uses, state.get(Attribute.HOLD));
        }

        Optional<Headroom> of(LimitKind kind, long now) {
            return Optional.ofNullable(uses.get(kind)).map(use -> headroom(use, now));
        }

        private Headroom headroom(LimitUse use, long now) {
            double limit = use.limit() * endpoint.limits().usedShare(use.kind());
            double used = Math.clamp(use.used(), 0, limit);
            long drained = (long) (used / limit * use.kind().period().toNanos());
            long remaining = held > now ? 0 : (long) Math.min(limit - used, leftOfTheDay(use.kind()));
            return new Headroom(
                    use.kind(), (long) limit, remaining, Duration.ofNanos(Math.max(drained, held - now)));
        }

        private double leftOfTheDay(LimitKind kind) {
            LimitUse day = uses.get(LimitKind.REQUESTS_PER_DAY);
            return kind.countsRequests() && day != null ? Math.max(0, day.limit() - day.used()) : Double.MAX_VALUE;
        }
    }
}
