package ailb.pool;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Builds limits for tests: with estimated tokens and days of UTC, unless it is told otherwise. */
public final class LimitsBuilder {

    private final Pacing pacing;
    private Map<LimitKind, Long> amounts;
    private OptionalDouble burst = OptionalDouble.empty();
    private OptionalDouble margin = OptionalDouble.empty();
    private TokenAccounting tokenAccounting = TokenAccounting.ESTIMATE;
    private @Nullable ZoneId dayReset = ZoneOffset.UTC;

    public LimitsBuilder(Pacing pacing, Map<LimitKind, Long> amounts) {
        this.pacing = pacing;
        this.amounts = amounts;
    }

    /** Starts from limits. */
    public static LimitsBuilder like(Limits limits) {
        LimitsBuilder builder = new LimitsBuilder(limits.pacing(), limits.amounts())
                .tokenAccounting(limits.tokenAccounting())
                .dayReset(limits.dayReset());
        builder.burst = limits.burst();
        builder.margin = limits.margin();
        return builder;
    }

    public LimitsBuilder amounts(Map<LimitKind, Long> value) {
        amounts = value;
        return this;
    }

    public LimitsBuilder burst(double value) {
        burst = OptionalDouble.of(value);
        return this;
    }

    public LimitsBuilder margin(double value) {
        margin = OptionalDouble.of(value);
        return this;
    }

    public LimitsBuilder tokenAccounting(TokenAccounting value) {
        tokenAccounting = value;
        return this;
    }

    /** Null for a rolling day. */
    public LimitsBuilder dayReset(@Nullable ZoneId value) {
        dayReset = value;
        return this;
    }

    public Limits build() {
        return new Limits(amounts, pacing, burst, margin, tokenAccounting, dayReset);
    }
}
