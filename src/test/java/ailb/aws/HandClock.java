package ailb.aws;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that goes on when told to. */
final class HandClock implements TimeSource {

    private final AtomicLong now = new AtomicLong(1_795_000_000_000_000_000L);

    void pass(Duration time) {
        now.addAndGet(time.toNanos());
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
        pass(Duration.ofNanos(Math.max(0, nanos)));
    }
}
