package ailb.dispatch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** The pause before an endpoint that failed a request is asked again: exponential, with full jitter. */
final class RetryBackoff {

    private static final long FIRST = Duration.ofMillis(200).toNanos();
    private static final long LONGEST = Duration.ofSeconds(2).toNanos();

    private RetryBackoff() {}

    /** @param pauses number of pauses before this one */
    static long next(int pauses, RandomGenerator random) {
        return (long) (random.nextDouble() * Math.min(LONGEST, FIRST << Math.min(pauses, 8)));
    }
}
