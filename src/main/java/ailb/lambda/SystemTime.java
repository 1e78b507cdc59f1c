package ailb.lambda;

import ailb.port.TimeSource;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The machine's clocks. */
public final class SystemTime implements TimeSource {

    @Override
    public long now() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Override
    public long monotonic() {
        return System.nanoTime();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
    }
}
