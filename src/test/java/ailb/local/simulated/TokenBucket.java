package ailb.local.simulated;

import java.time.Duration;
import java.time.Instant;

/**
 * A bucket that holds one minute's units and is refilled all the time, as Anthropic describes its limits. It starts
 * full. The arithmetic is in whole units times nanoseconds, so nothing is lost by rounding.
 */
final class TokenBucket implements Meter {

    private static final long UNIT = PERIOD.toNanos();

    private final long limit;
    private long level;
    private Instant filledAt;

    /** @param limit units a minute, at most 10^8 */
    TokenBucket(long limit, Instant now) {
        this.limit = limit;
        this.level = limit * UNIT;
        this.filledAt = now;
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public long remaining(Instant now) {
        fill(now);
        return Math.max(0, level / UNIT);
    }

    @Override
    public Duration untilRoom(long units, Instant now) {
        fill(now);
        long missing = Math.max(0, units * UNIT - level);
        return Duration.ofNanos(Math.ceilDiv(missing, limit));
    }

    @Override
    public Duration untilReset(Instant now) {
        return untilRoom(limit, now);
    }

    @Override
    public void take(long units, Instant now) {
        fill(now);
        level -= units * UNIT;
    }

    private void fill(Instant now) {
        if (now.isAfter(filledAt)) {
            Duration elapsed = Duration.between(filledAt, now);
            Duration missing = Duration.ofNanos(Math.ceilDiv(limit * UNIT - level, limit));
            level = elapsed.compareTo(missing) >= 0 ? limit * UNIT : level + elapsed.toNanos() * limit;
            filledAt = now;
        }
    }
}
