package ailb.pool;

import java.time.Duration;

/** What a limit counts, and over which period. */
public enum LimitKind {
    REQUESTS_PER_MINUTE(Duration.ofMinutes(1)),
    REQUESTS_PER_DAY(Duration.ofDays(1)),
    TOKENS_PER_MINUTE(Duration.ofMinutes(1)),
    INPUT_TOKENS_PER_MINUTE(Duration.ofMinutes(1)),
    OUTPUT_TOKENS_PER_MINUTE(Duration.ofMinutes(1));

    private final Duration period;

    LimitKind(Duration period) {
        this.period = period;
    }

    public Duration period() {
        return period;
    }

    /** Whether the unit is a request; otherwise it is a token. */
    public boolean countsRequests() {
        return this == REQUESTS_PER_MINUTE || this == REQUESTS_PER_DAY;
    }
}
