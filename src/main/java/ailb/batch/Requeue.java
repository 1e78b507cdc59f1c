package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.List;

/** Gives messages back to the queue, to be handed out again later. Waiting is no failure: it may last for days. */
final class Requeue {

    /** A longer wait costs less as a copy that is sent with a delay. */
    private static final long LONGEST_HIDING = Duration.ofMinutes(1).toNanos();

    /** The queue forgets messages after 14 days; a copy starts anew. */
    private static final long OLD = Duration.ofDays(12).toNanos();

    private final BatchQueue queue;
    private final TimeSource time;

    Requeue(BatchQueue queue, TimeSource time) {
        this.queue = queue;
        this.time = time;
    }

    /**
     * Has the message handed out again after this time, at the soonest.
     *
     * @return whether the message itself is still needed; otherwise a copy is on the queue
     */
    boolean returnToQueue(QueueMessage message, long nanos) {
        Duration wait = Duration.ofNanos(Math.max(0, nanos));
        try {
            if (nanos <= LONGEST_HIDING
                    && message.receives() < BatchQueue.MOST_RECEIVES
                    && time.now() - message.sent() < OLD) {
                queue.hide(message, wait);
                return true;
            }
            Duration delay = wait.compareTo(BatchQueue.LONGEST_DELAY) < 0 ? wait : BatchQueue.LONGEST_DELAY;
            queue.send(List.of(message.body()), delay);
            return false;
        } catch (BatchQueueException e) {
            return true; // it stays hidden as long as the queue hides what it hands out
        }
    }
}
