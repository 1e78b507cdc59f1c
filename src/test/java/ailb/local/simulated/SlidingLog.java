package ailb.local.simulated;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts what was taken in the last 60 seconds, whenever they began. No rule that providers are known to have is
 * stricter at a minute's scale: whoever is never refused here keeps the limit in every window.
 */
final class SlidingLog implements Meter {

    private record Entry(Instant at, long units) {}

    private final long limit;
    private final Deque<Entry> log = new ArrayDeque<>();
    private long used;

    SlidingLog(long limit) {
        this.limit = limit;
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public long remaining(Instant now) {
        forget(now);
        return Math.max(0, limit - used);
    }

    @Override
    public Duration untilRoom(long units, Instant now) {
        forget(now);
        long excess = used + units - limit;
        Duration wait = Duration.ZERO;
        for (Entry entry : log) {
            if (excess <= 0) {
                break;
            }
            excess -= entry.units();
            wait = untilForgotten(entry, now);
        }
        return wait;
    }

    @Override
    public Duration untilReset(Instant now) {
        forget(now);
        return log.isEmpty() ? Duration.ZERO : untilForgotten(log.getLast(), now);
    }

    @Override
    public void take(long units, Instant now) {
        forget(now);
        log.addLast(new Entry(now, units));
        used += units;
        // What is full without its oldest entry is full until that entry has long gone.
        while (used - log.getFirst().units() >= limit) {
            used -= log.removeFirst().units();
        }
    }

    private void forget(Instant now) {
        while (!log.isEmpty() && !untilForgotten(log.getFirst(), now).isPositive()) {
            used -= log.removeFirst().units();
        }
    }

    private static Duration untilForgotten(Entry entry, Instant now) {
        return Duration.between(now, entry.at().plus(PERIOD));
    }
}
