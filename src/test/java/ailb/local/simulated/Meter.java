package ailb.local.simulated;

import java.time.Duration;
import java.time.Instant;

/** One limit as a provider keeps it: so many units a minute. Not safe for use by many threads. */
interface Meter {

    Duration PERIOD = Duration.ofMinutes(1);

    /** Units a minute. */
    long limit();

    /** Units that fit now. */
    long remaining(Instant now);

    /** How long until this many units fit, at most {@link #limit} of them; zero when they fit now. */
    Duration untilRoom(long units, Instant now);

    /** How long until nothing taken counts any more. */
    Duration untilReset(Instant now);

    /** Counts units, whether they fit or not. */
    void take(long units, Instant now);
}
