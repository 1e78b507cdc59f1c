package ailb.stats;

import ailb.state.ConditionalUpdate;
import ailb.state.DatedCounter;
import ailb.state.EndpointState;
import java.time.Duration;

/** What an endpoint has cost on the current UTC day, in nano-dollars. */
public final class Spend {

    private static final long DAY = Duration.ofDays(1).toNanos();

    private Spend() {}

    public static long today(EndpointState state, long now) {
        return DatedCounter.SPEND.value(state, Math.floorDiv(now, DAY));
    }

    public static void count(ConditionalUpdate.Builder update, EndpointState state, long now, long nanoDollars) {
        DatedCounter.SPEND.add(update, state, Math.floorDiv(now, DAY), nanoDollars);
    }

    /**
     * The next UTC midnight, when the day's spend starts at 0 again; in nanoseconds since the epoch, like {@code now}.
     */
    public static long startsAnew(long now) {
        return (Math.floorDiv(now, DAY) + 1) * DAY;
    }
}
