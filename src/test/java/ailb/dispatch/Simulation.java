package ailb.dispatch;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Clocks that are stepped from one event to the next, for calls that overlap. Each task has a thread of its own, but
 * only one runs at a time, and runs until it sleeps or ends: the same seed gives the same course of events.
 */
final class Simulation implements TimeSource {

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));

    /** Released by the running task when it sleeps or ends. */
    private final Semaphore idle = new Semaphore(0);

    private long now;
    private long number;

    @Nullable private Throwable failure;

    /** @param now nanoseconds since the epoch */
    Simulation(long now) {
        this.now = now;
    }

    private record Event(long at, long number, Runnable wake) {}

    /** What happens from a moment on. */
    interface Task {
        void run() throws InterruptedException;
    }

    void at(long moment, Task task) {
        events.add(new Event(moment, number++, () -> Thread.ofVirtual().start(() -> perform(task))));
    }

    private void perform(Task task) {
        try {
            task.run();
        } catch (InterruptedException | RuntimeException | AssertionError e) {
            failure = e;
        } finally {
            idle.release();
        }
    }

    /** Runs until nothing is left to happen; on a virtual thread, because those take turns quicker. */
    void run() {
        try {
            Thread.ofVirtual().start(this::perform).join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }

    private void perform() {
        while (failure == null && !events.isEmpty()) {
            Event event = events.remove();
            now = event.at();
            event.wake().run();
            idle.acquireUninterruptibly();
        }
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
    public void sleep(long nanos) throws InterruptedException {
        if (nanos > 0) {
            Semaphore woken = new Semaphore(0);
            events.add(new Event(now + nanos, number++, woken::release));
            idle.release();
            woken.acquire();
        }
    }
}
