package ailb.batch;

import ailb.dispatch.BatchCall;
import ailb.port.FatalError;
import ailb.port.Tasks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * The tasks of one invocation, each on one message. When a task has finished with its message, the message is deleted
 * or returned to the queue. A fault in one task leaves the others alone.
 */
final class MessageTasks {

    private static final System.Logger LOG = System.getLogger(MessageTasks.class.getName());

    private static final long PAUSE_AFTER_BUG = Duration.ofMinutes(1).toNanos();

    private final Tasks.Group<TaskEnd> tasks;
    private final Requeue requeue;

    MessageTasks(Tasks.Group<TaskEnd> tasks, Requeue requeue) {
        this.tasks = tasks;
        this.requeue = requeue;
    }

    /** How a task ended. */
    sealed interface TaskEnd {}

    /** The line is claimed, or the worker has finished with it. */
    record ClaimEnd(LineTask task, LineTask.TaskResult result) implements TaskEnd {}

    /** The line needs another permit. */
    record NeedsPermit(BatchCall call, LineTask task) implements TaskEnd {}

    /** @param needed whether the message must stay on the queue; otherwise it may be deleted */
    record Done(
            QueueMessage message, boolean needed, Optional<BatchMessage.Line> line, LineTask.Finished finished)
            implements
                TaskEnd {}

    void claim(LineTask task) {
        tasks.start(() -> new ClaimEnd(task, guarded(task::claim, failure -> failure)));
    }

    /** Makes the call that has a permit now. */
    void call(BatchCall call, LineTask task) {
        tasks.start(() -> called(call, task));
    }

    private TaskEnd called(BatchCall call, LineTask task) throws InterruptedException {
        LineTask.TaskResult result;
        try {
            result = guarded(() -> task.call(call), failure -> failure);
        } finally {
            call.releaseReply();
        }
        return result instanceof LineTask.Finished finished
                ? done(task.line().message(), Optional.of(task.line()), finished)
                : new NeedsPermit(call, task);
    }

    /** Does the last work on a line. */
    void finish(LineTask task, Callable<LineTask.Finished> work) {
        tasks.start(() -> done(
                task.line().message(), Optional.of(task.line()), guarded(work, failure -> failure)));
    }

    /** Does all the work on a message that is no line, or on a line without a claim. */
    void finish(QueueMessage message, Callable<LineTask.Finished> work) {
        tasks.start(() -> done(message, Optional.empty(), guarded(work, failure -> failure)));
    }

    private Done done(QueueMessage message, Optional<BatchMessage.Line> line, LineTask.Finished finished) {
        boolean needed =
                switch (finished.disposition()) {
                    case MessageDisposition.Delete() -> false;
                    case MessageDisposition.Return(long nanos) -> requeue.returnToQueue(message, nanos);
                };
        return new Done(message, needed, line, finished);
    }

    int pending() {
        return tasks.pending();
    }

    /** See {@link Tasks.Group#next}. */
    Optional<TaskEnd> next(long nanos) throws InterruptedException {
        return tasks.next(nanos);
    }

    /** @param failure turns the result of a fault into this kind of result */
    private static <T> T guarded(Callable<T> work, Function<LineTask.Finished, T> failure)
            throws InterruptedException {
        try {
            return work.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            return failure.apply(failed(e));
        }
    }

    /**
     * The result of a fault. After a bug the claim expires by itself, and after a few of those the line is given up.
     */
    static LineTask.Finished failed(Throwable e) {
        if (e instanceof BatchStoreException || e instanceof BatchQueueException) {
            return LineTask.Finished.afterTrouble();
        }
        logBug(e);
        return LineTask.Finished.returned(PAUSE_AFTER_BUG);
    }

    static void logBug(Throwable e) {
        FatalError.rethrow(e);
        LOG.log(System.Logger.Level.ERROR, "a bug in the balancer", e);
    }
}
