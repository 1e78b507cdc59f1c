package ailb.batch;

import ailb.dispatch.Dispatcher;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.ReplyBudget;
import ailb.port.Tasks;
import ailb.port.TimeSource;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Works on messages of the queue. Keeps nothing between invocations. Safe for use by many threads. */
public final class BatchProcessor implements BatchWorker {

    private final Context context;
    private final RandomGenerator random;

    /**
     * @param random used by many threads at once
     * @param resultsKept how long the result of a direct message is kept
     * @param replies the bytes that the replies of all invocations share
     */
    public BatchProcessor(
            Pool pool,
            Dispatcher dispatcher,
            BatchStore store,
            BatchQueue queue,
            Tasks tasks,
            TimeSource time,
            RandomGenerator random,
            Duration resultsKept,
            ReplyBudget replies) {
        this.context = new Context(pool, dispatcher, store, queue, tasks, time, resultsKept, replies);
        this.random = random;
    }

    /** What every invocation works with. */
    record Context(
            Pool pool,
            Dispatcher dispatcher,
            BatchStore store,
            BatchQueue queue,
            Tasks tasks,
            TimeSource time,
            Duration resultsKept,
            ReplyBudget replies) {}

    @Override
    public Set<String> process(List<QueueMessage> messages, Deadline deadline) throws InterruptedException {
        String token = HexFormat.of().toHexDigits(random.nextLong());
        return new BatchInvocation(context, deadline, token).run(messages);
    }
}
