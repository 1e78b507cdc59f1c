package ailb.batch;

import java.time.Duration;
import java.util.List;

/**
 * PORT: the queue of batches. It hands each message out at least once, in no particular order. A message that was
 * handed out is hidden for a time, and handed out again after it unless it was deleted. Every method throws {@link
 * BatchQueueException} when the queue does not answer; some messages may have been sent then. Safe for use by many
 * threads.
 */
public interface BatchQueue {

    /** Largest message, bytes. */
    int MAX_BYTES = 1024 * 1024;

    /**
     * A message that was handed out this often is replaced by a copy: after twice as often the queue makes it a dead
     * letter.
     */
    int MOST_RECEIVES = 50;

    /** The longest delay of a message. */
    Duration LONGEST_DELAY = Duration.ofMinutes(15);

    /**
     * Puts messages on the queue.
     *
     * @param bodies each at most {@link #MAX_BYTES} in UTF-8; any number
     * @param delay before which they are not handed out, at most {@link #LONGEST_DELAY}
     */
    void send(List<String> bodies, Duration delay);

    /** Hides a message for this long from now on, at most 12 hours. */
    void hide(QueueMessage message, Duration time);

    /** Puts a copy of the message among the dead letters, for a person to look at. The original stays on the queue. */
    void deadLetter(QueueMessage message, String reason);
}
