package ailb.pool;

import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one endpoint and how the balancer applies them.
 *
 * @param amounts units for each period, positive; a kind that is absent is not limited
 * @param pacing how tightly per-minute limits are spaced
 * @param burst requests that may start at once, at least 1; empty for the pacing's default
 * @param margin share of the per-minute limits to use, above 0 and at most 1; empty for the pacing's default
 * @param tokenAccounting how the provider charges tokens
 * @param dayReset time zone at whose midnight the daily requests restart; null for a rolling day
 */
public record Limits(
        Map<LimitKind, Long> amounts,
        Pacing pacing,
        OptionalDouble burst,
        OptionalDouble margin,
        TokenAccounting tokenAccounting,
        @Nullable ZoneId dayReset) {

    public Limits {
        amounts = amounts.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(amounts));
        amounts.forEach((kind, amount) -> require(amount > 0, kind + " must be positive, not " + amount));
        burst.ifPresent(value -> require(value >= 1, "burst must be at least 1, not " + value));
        margin.ifPresent(value -> require(value > 0 && value <= 1, "margin must be in (0, 1], not " + value));
    }

    /** Units for each period, or empty where there is no such limit. */
    public OptionalLong of(LimitKind kind) {
        Long amount = amounts.get(kind);
        return amount == null ? OptionalLong.empty() : OptionalLong.of(amount);
    }

    /** The share of a limit that the balancer uses, above 0 and at most 1; 1 for a daily limit. */
    public double usedShare(LimitKind kind) {
        if (kind == LimitKind.REQUESTS_PER_DAY) {
            return 1;
        }
        return margin.orElse(kind.countsRequests() ? pacing.requestMargin() : pacing.tokenMargin());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
