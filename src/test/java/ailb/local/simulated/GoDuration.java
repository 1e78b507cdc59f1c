package ailb.local.simulated;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as OpenAI's headers have them, rounded up to the millisecond: {@code 120ms}, {@code 8.64s}, {@code 6m0s}. */
final class GoDuration {

    private static final long MILLIS_PER_MINUTE = 60_000;

    private GoDuration() {}

    static String format(Duration duration) {
        long millis = Math.ceilDiv(duration.toNanos(), 1_000_000);
        if (millis < 1000) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        String seconds = BigDecimal.valueOf(millis % MILLIS_PER_MINUTE, 3).stripTrailingZeros().toPlainString();
        return millis < MILLIS_PER_MINUTE ? seconds + "s" : millis / MILLIS_PER_MINUTE + "m" + seconds + "s";
    }
}
