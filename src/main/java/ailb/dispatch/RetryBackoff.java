package ailb.dispatch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long an endpoint that has failed a request is left in peace: full jitter, growing with the failures. */
final class RetryBackoff {

    private static final long FIRST = Duration.ofMillis(200).toNanos();
    private static final long LONGEST = Duration.ofSeconds(2).toNanos();

    private RetryBackoff() {}

    /** @param pauses before this one */
    static long next(int pauses, RandomGenerator random) {
        return (long) (random.nextDouble() * Math.min(LONGEST, FIRST << Math.min(pauses, 8)));
    }
}
