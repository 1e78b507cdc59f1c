package ailb.batch;

import java.time.Duration;
import java.util.List;

/**
 * PORT: the queue that batches are worked off by. It hands each message out at least once, in no particular order, and
 * again when it has not been deleted by the end of the time it is hidden for. Every method throws
 * {@link BatchQueueException} when the queue does not answer; some messages may then have been sent. Safe for use by many
 * threads.
 */
public interface BatchQueue {

    /** Largest message, bytes. */
    int MAX_BYTES = 1024 * 1024;

    /** A message handed out so often is replaced by a copy: one that comes twice as often is a dead letter. */
    int MOST_RECEIVES = 50;

    /** Longest time a message can be sent ahead of its being handed out. */
    Duration LONGEST_DELAY = Duration.ofMinutes(15);

    /**
     * Puts messages on the queue.
     *
     * @param bodies each at most {@link #MAX_BYTES} in UTF-8; any number
     * @param delay not handed out before, at most {@link #LONGEST_DELAY}
     */
    void send(List<String> bodies, Duration delay);

    /** Hides a message from now on for this long, at most 12 hours; then it is handed out again. */
    void hide(QueueMessage message, Duration time);

    /** Puts a message where a person looks at it. The original stays on the queue. */
    void deadLetter(QueueMessage message, String reason);
}
