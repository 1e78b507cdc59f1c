package ailb.dispatch;

import ailb.port.TimeSource;
import java.util.function.LongSupplier;

/** A clock that its owner moves. What goes by it never waits. */
public record StoppedClock(LongSupplier clock) implements TimeSource {

    @Override
    public long now() {
        return clock.getAsLong();
    }

    @Override
    public long monotonic() {
        return clock.getAsLong();
    }

    @Override
    public void sleep(long nanos) {
        throw new AssertionError("neither admitting nor recording waits");
    }
}
