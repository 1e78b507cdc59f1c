package ailb.batch;

import ailb.port.Deadline;
import java.util.List;
import java.util.Set;

/** Works on messages that were handed out together. Safe for use by many threads. */
@FunctionalInterface
public interface BatchWorker {

    /**
     * Works on the messages until all are done, or the deadline comes.
     *
     * @return ids of the messages that are not done: they stay on the queue and are handed out again
     */
    Set<String> process(List<QueueMessage> messages, Deadline deadline) throws InterruptedException;
}
