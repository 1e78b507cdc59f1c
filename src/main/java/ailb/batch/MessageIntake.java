package ailb.batch;

import ailb.port.Deadline;
import java.util.Optional;

/** Begins the work on each message of an invocation, by what the message asks for. */
final class MessageIntake {

    private final BatchProcessor.Context context;
    private final Deadline deadline;
    private final BatchCache batches;
    private final MessageTasks tasks;
    private final LineTask.Worker worker;

    MessageIntake(
            BatchProcessor.Context context,
            Deadline deadline,
            BatchCache batches,
            MessageTasks tasks) {
        this.context = context;
        this.deadline = deadline;
        this.batches = batches;
        this.tasks = tasks;
        this.worker = new LineTask.Worker(
                context.store(),
                context.queue(),
                context.time(),
                deadline,
                context.pool().settings().batches().maxAttempts());
    }

    /**
     * The line to claim; empty if the message is no line, or the batch has expired.
     *
     * @param token of this message's task alone
     */
    Optional<LineTask> begin(QueueMessage message, String token) {
        return switch (BatchMessage.read(message)) {
            case BatchMessage.Unrecognised(QueueMessage unrecognised, String problem) -> {
                tasks.finish(unrecognised, () -> setAside(unrecognised, problem));
                yield Optional.empty();
            }
            case BatchMessage.Expand(QueueMessage expand, String id) -> {
                tasks.finish(expand, () -> enqueueLines(id));
                yield Optional.empty();
            }
            case BatchMessage.Line line -> begin(line, token);
        };
    }

    private Optional<LineTask> begin(BatchMessage.Line line, String token) {
        if (line.direct()) {
            long expires = context.time().now() + context.resultsKept().toNanos();
            return Optional.of(new LineTask(worker, line, token, expires));
        }
        Optional<Batch> batch;
        try {
            batch = batches.find(line.key().batch());
        } catch (BatchStoreException e) {
            tasks.finish(line.message(), LineTask.Finished::afterTrouble);
            return Optional.empty();
        }
        if (batch.isEmpty()) {
            tasks.finish(line.message(), LineTask.Finished::deleted); // it has expired
        }
        return batch.map(found -> new LineTask(worker, line, token, found.expires()));
    }

    private LineTask.Finished setAside(QueueMessage message, String problem) {
        context.queue().deadLetter(message, "not a message of a batch: " + problem);
        return LineTask.Finished.deleted();
    }

    private LineTask.Finished enqueueLines(String batch) {
        boolean done = new LineEnqueuer(context.store(), context.queue(), context.time()).run(batch, deadline);
        return done ? LineTask.Finished.deleted() : LineTask.Finished.returned(0);
    }
}
