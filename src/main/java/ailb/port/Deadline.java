package ailb.port;

import java.time.Duration;

/**
 * When a request must have been answered.
 *
 * @param end on the monotonic clock of {@link TimeSource}, nanoseconds
 */
public record Deadline(long end) {

    /** The deadline of work that nobody waits for: centuries away. */
    public static final Deadline NONE = new Deadline(Long.MAX_VALUE / 2);

    public static Deadline in(Duration time, TimeSource clock) {
        return new Deadline(clock.monotonic() + time.toNanos());
    }

    /** Nanoseconds left; negative when it has passed. */
    public long remaining(TimeSource clock) {
        return end - clock.monotonic();
    }
}
