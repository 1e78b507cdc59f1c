package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.List;

/**
 * Returns messages to the queue, to be handed out again later. Waiting for room is no failure, and may last for days.
 */
final class Requeue {

    /** For a longer wait a copy with a delay costs less. */
    private static final long LONGEST_HIDING = Duration.ofMinutes(1).toNanos();

    /** The queue deletes messages after 14 days. A copy starts anew. */
    private static final long OLD = Duration.ofDays(12).toNanos();

    private final BatchQueue queue;
    private final TimeSource time;

    Requeue(BatchQueue queue, TimeSource time) {
        this.queue = queue;
        this.time = time;
    }

    /**
     * Returns the message, to be handed out again after this time at the earliest.
     *
     * @return true if the message itself is still needed; false if a copy is on the queue
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
