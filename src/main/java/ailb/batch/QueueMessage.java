package ailb.batch;

/**
 * A message handed out by the queue.
 *
 * @param id the queue's name for it
 * @param receipt identifies this time of handing it out
 * @param receives how often it has been handed out, this time included; at least 1
 * @param sent when it was put on the queue, nanoseconds since the epoch
 */
public record QueueMessage(String id, String receipt, String body, int receives, long sent) {

    @Override
    public String toString() {
        return "QueueMessage(" + id + ", " + body.length() + " characters)";
    }
}
