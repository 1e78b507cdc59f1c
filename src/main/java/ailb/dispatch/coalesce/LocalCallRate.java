package ailb.dispatch.coalesce;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many calls this instance recently had for each endpoint: a count that decays exponentially. */
final class LocalCallRate {

    private final TimeSource time;
    private final double fading;
    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    /** @param fading time in which a count falls to 1/e of itself */
    LocalCallRate(TimeSource time, Duration fading) {
        this.time = time;
        this.fading = fading.toNanos();
    }

    private record Count(double calls, long at) {}

    private Count faded(Count count, long now) {
        return new Count(count.calls() * Math.exp(-Math.max(0, now - count.at()) / fading), now);
    }

    /** Counts one more call, and returns the count before it: about the calls of the time {@code fading}. */
    double count(String endpoint) {
        long now = time.now();
        Count counted = counts.compute(endpoint, (_, known) -> {
            Count before = faded(known == null ? new Count(0, now) : known, now);
            return new Count(before.calls() + 1, now);
        });
        return counted.calls() - 1;
    }
}
