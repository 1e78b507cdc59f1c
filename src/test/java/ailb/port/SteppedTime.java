package ailb.port;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that move only when told to, or slept on. */
public final class SteppedTime implements TimeSource {

    /** What happens while somebody sleeps. */
    public volatile Runnable duringSleep = () -> {};

    /** So much longer than asked is every sleep. */
    public volatile Duration oversleep = Duration.ZERO;

    private final List<Duration> sleeps = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong now;

    /** @param now nanoseconds since the epoch */
    public SteppedTime(long now) {
        this.now = new AtomicLong(now);
    }

    /** One on which nobody may sleep. */
    public static SteppedTime withoutSleep(long now) {
        SteppedTime time = new SteppedTime(now);
        time.duringSleep = () -> {
            throw new AssertionError("neither admitting nor recording waits");
        };
        return time;
    }

    @Override
    public long now() {
        return now.get();
    }

    @Override
    public long monotonic() {
        return now.get();
    }

    @Override
    public void sleep(long nanos) {
        if (nanos > 0) {
            sleeps.add(Duration.ofNanos(nanos));
            now.addAndGet(nanos + oversleep.toNanos());
            duringSleep.run();
        }
    }

    public void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    /** What was asked to be slept, in order. */
    public List<Duration> sleeps() {
        return sleeps;
    }
}
