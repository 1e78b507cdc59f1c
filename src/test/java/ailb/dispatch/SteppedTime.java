package ailb.dispatch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clocks that move only when told to, or slept on. */
public final class SteppedTime implements TimeSource {

    private final List<Duration> sleeps = new ArrayList<>();
    private long now;

    /** @param now nanoseconds since the epoch */
    public SteppedTime(long now) {
        this.now = now;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public long monotonic() {
        return now;
    }

    @Override
    public void sleep(long nanos) {
        if (nanos > 0) {
            sleeps.add(Duration.ofNanos(nanos));
            now += nanos;
        }
    }

    public void pass(Duration time) {
        now += time.toNanos();
    }

    /** What was slept, in order. */
    public List<Duration> sleeps() {
        return sleeps;
    }
}
