package ailb.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A time that stands still until a test moves it. */
public final class SteppedGatewayClock implements GatewayClock {

    private record Waiting(long nanoTime, Runnable task) {}

    private final Instant start;
    private final List<Waiting> alarms = new ArrayList<>();
    private long elapsed;

    public SteppedGatewayClock(Instant start) {
        this.start = start;
    }

    @Override
    public synchronized long nanoTime() {
        return elapsed;
    }

    @Override
    public synchronized Instant now() {
        return start.plusNanos(elapsed);
    }

    @Override
    public Alarm alarm(long nanoTime, Runnable task) {
        Waiting waiting = new Waiting(nanoTime, task);
        synchronized (this) {
            if (nanoTime > elapsed) {
                alarms.add(waiting);
                notifyAll();
                return () -> cancel(waiting);
            }
        }
        task.run();
        return () -> {};
    }

    private synchronized void cancel(Waiting waiting) {
        alarms.remove(waiting);
    }

    /** Moves the time on and runs what was to run by then, in this thread. */
    public void advance(Duration step) {
        List<Runnable> due = new ArrayList<>();
        synchronized (this) {
            elapsed += step.toNanos();
            Iterator<Waiting> left = alarms.iterator();
            while (left.hasNext()) {
                Waiting waiting = left.next();
                if (waiting.nanoTime() <= elapsed) {
                    left.remove();
                    due.add(waiting.task());
                }
            }
        }
        due.forEach(Runnable::run);
    }

    /** Waits until somebody waits for exactly this {@link #nanoTime}. */
    synchronized void awaitAlarmAt(long nanoTime) throws InterruptedException {
        while (alarms.stream().noneMatch(waiting -> waiting.nanoTime() == nanoTime)) {
            wait();
        }
    }
}
