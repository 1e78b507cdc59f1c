package ailb.gateway;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** The time that the gateway goes by. Safe for many threads. */
public interface GatewayClock {

    /** Nanoseconds from some origin; never goes back. */
    long nanoTime();

    /** The time of day, for the events. */
    Instant now();

    /** Runs the task once, at this {@link #nanoTime} or soon after; at once where it has passed. */
    Alarm alarm(long nanoTime, Runnable task);

    /** A task that is still to run, or has. */
    interface Alarm {

        /** Without effect once the task has run. */
        void cancel();
    }

    /** Waits until this {@link #nanoTime}. */
    default void awaitUntil(long nanoTime) throws InterruptedException {
        if (nanoTime - nanoTime() <= 0) {
            return;
        }
        CountDownLatch rung = new CountDownLatch(1);
        Alarm alarm = alarm(nanoTime, rung::countDown);
        try {
            rung.await();
        } finally {
            alarm.cancel();
        }
    }
}
