package ailb.batch;

import ailb.dispatch.BatchCall;
import ailb.dispatch.BatchCalls;
import ailb.port.Deadline;
import ailb.port.FatalError;
import ailb.protocol.ModelRequest;
import ailb.protocol.Parsed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Works on the messages of one invocation. One thread decides: it leases permits for the lines that wait, starts their
 * calls, and takes note of how they end. All other work is done in tasks, each on a thread of its own.
 */
final class BatchInvocation {

    /** A worker that would wait longer than this for the next room hands its messages back. They come again. */
    private static final long LONGEST_WAIT = Duration.ofSeconds(20).toNanos();

    private final BatchProcessor.Context context;
    private final Deadline deadline;
    private final String token;
    private final BatchCalls calls;
    private final BatchCache batches;
    private final PendingCounts counts;
    private final MessageTasks tasks;
    private final MessageIntake intake;
    private final Map<BatchCall, LineTask> waiting = new LinkedHashMap<>();
    private final Deque<LineTask> suspects = new ArrayDeque<>();
    private final Set<String> needed = new HashSet<>();

    /** Claims under way. No permits are leased meanwhile, so that one write can lease those of many lines. */
    private int claims;

    BatchInvocation(BatchProcessor.Context context, Deadline deadline, String token) {
        this.context = context;
        this.deadline = deadline;
        this.token = token;
        this.calls = context.dispatcher().batch(deadline, context.replies());
        this.batches = new BatchCache(context.store(), context.time());
        this.counts = new PendingCounts(context.store(), context.time());
        this.tasks = new MessageTasks(context.tasks().group(), new Requeue(context.queue(), context.time()));
        this.intake = new MessageIntake(context, deadline, batches, tasks);
    }

    /** Works on the messages, and returns the ids of those that are still needed. */
    Set<String> run(List<QueueMessage> messages) throws InterruptedException {
        long half = remaining() / 2;
        for (int i = 0; i < messages.size(); i++) {
            begin(messages.get(i), token + "-" + i);
        }
        while (!waiting.isEmpty() || tasks.pending() > 0 || !suspects.isEmpty()) {
            if (waiting.isEmpty() && tasks.pending() == 0) {
                claimSuspect();
            }
            cancel();
            // Suspects are claimed when all other lines are done. On a full pool that would never happen.
            if (!suspects.isEmpty() && remaining() < half) {
                handBackWaiting(0);
            }
            long pause = claims > 0 ? Long.MAX_VALUE : lease();
            if (claims == 0 && !waiting.isEmpty() && (pause > LONGEST_WAIT || pause > remaining())) {
                handBack(pause);
            }
            await(waiting.isEmpty() ? Long.MAX_VALUE : pause);
            if (calls.untilFlush() == 0) {
                calls.flushOutcomes();
            }
            if (counts.untilDue() == 0) {
                counts.flush();
            }
        }
        calls.flushOutcomes();
        counts.close();
        return Set.copyOf(needed);
    }

    private long remaining() {
        return deadline.remaining(context.time());
    }

    private void begin(QueueMessage message, String taskToken) {
        try {
            intake.begin(message, taskToken).ifPresent(this::claim);
        } catch (RuntimeException | Error e) {
            // Nobody has claimed its line. The queue hands the message out again later, and counts how often.
            MessageTasks.logBug(e);
            needed.add(message.id());
        }
    }

    private void claim(LineTask task) {
        claims++;
        tasks.claim(task);
    }

    /** Everything else is recorded before this line, which may end the process. */
    private void claimSuspect() {
        calls.flushOutcomes();
        counts.flush();
        LineTask task = suspects.removeFirst();
        task.setAlone();
        claim(task);
    }

    /** Reads a line that is claimed. */
    private void read(LineTask task) {
        try {
            switch (task.line().readRequest()) {
                case Parsed.Valid(ModelRequest request) -> waiting.put(calls.call(request), task);
                case Parsed.Invalid(var error) -> tasks.finish(task, () -> task.refuse(error));
            }
        } catch (RuntimeException | Error e) {
            tasks.finish(task, () -> MessageTasks.failed(e));
        }
    }

    /** Ends the lines of cancelled batches that have not been called. */
    private void cancel() {
        for (Map.Entry<BatchCall, LineTask> entry : List.copyOf(waiting.entrySet())) {
            LineTask task = entry.getValue();
            if (!task.isCalled() && !task.line().direct() && isCancelled(task.line().key().batch())) {
                waiting.remove(entry.getKey());
                tasks.finish(task, task::cancel);
            }
        }
    }

    private boolean isCancelled(String id) {
        try {
            return batches.find(id).map(batch -> batch.status().isCancelled()).orElse(false);
        } catch (BatchStoreException e) {
            return false;
        }
    }

    /** Starts the calls that there is room for, and returns how long until there may be room for more. */
    private long lease() {
        if (waiting.isEmpty()) {
            return 0;
        }
        List<BatchCall> all = List.copyOf(waiting.keySet());
        BatchCalls.Leases leases;
        try {
            leases = calls.lease(all);
        } catch (RuntimeException | Error e) {
            FatalError.rethrow(e);
            return leaseEach(all);
        }
        return start(leases);
    }

    /** A bug keeps one of them from being planned. Leasing each alone finds which. */
    private long leaseEach(List<BatchCall> all) {
        long pause = Long.MAX_VALUE;
        for (BatchCall call : all) {
            BatchCalls.Leases leases;
            try {
                leases = calls.lease(List.of(call));
            } catch (RuntimeException | Error e) {
                tasks.finish(noLongerWaiting(call), () -> MessageTasks.failed(e));
                continue;
            }
            pause = Math.min(pause, start(leases));
        }
        return pause;
    }

    private long start(BatchCalls.Leases leases) {
        leases.ready().forEach(call -> tasks.call(call, noLongerWaiting(call)));
        leases.declined().forEach((call, result) -> {
            LineTask task = noLongerWaiting(call);
            tasks.finish(task, () -> task.end(result, call.failures()));
        });
        return leases.pause();
    }

    private LineTask noLongerWaiting(BatchCall call) {
        return Objects.requireNonNull(waiting.remove(call));
    }

    private void handBack(long pause) {
        // If only this invocation's time has run out, another worker may start at once.
        long nanos = pause == BatchCalls.OUT_OF_TIME ? 0 : pause;
        suspects.forEach(task -> tasks.finish(task, () -> LineTask.Finished.returned(nanos))); // their claims are released already
        suspects.clear();
        handBackWaiting(nanos);
    }

    private void handBackWaiting(long nanos) {
        waiting.forEach((call, task) -> tasks.finish(task, () -> task.handBack(nanos, call.failures())));
        waiting.clear();
    }

    /**
     * Waits for whatever comes first: the end of a task, the next lease, a flush that is due, a lookup of the batches.
     */
    private void await(long pause) throws InterruptedException {
        long wait = Math.min(
                Math.min(pause, BatchCache.age()), Math.min(calls.untilFlush(), counts.untilDue()));
        Optional<MessageTasks.TaskEnd> end = tasks.pending() > 0 ? tasks.next(wait) : slept(wait);
        while (end.isPresent()) {
            hear(end.get());
            end = tasks.next(0);
        }
    }

    private Optional<MessageTasks.TaskEnd> slept(long nanos) throws InterruptedException {
        if (!waiting.isEmpty()) {
            context.time().sleep(nanos);
        }
        return Optional.empty();
    }

    private void hear(MessageTasks.TaskEnd end) {
        switch (end) {
            case MessageTasks.ClaimEnd(LineTask task, LineTask.TaskResult result) -> {
                claims--;
                hear(task, result);
            }
            case MessageTasks.NeedsPermit(BatchCall call, LineTask task) -> waiting.put(call, task);
            case MessageTasks.Done done -> {
                if (done.needed()) {
                    needed.add(done.message().id());
                }
                done.line().ifPresent(line -> count(line.key().batch(), done.finished()));
            }
        }
    }

    /** @param result of claiming the line */
    private void hear(LineTask task, LineTask.TaskResult result) {
        switch (result) {
            case LineTask.Suspect() -> suspects.add(task);
            case LineTask.Finished finished -> tasks.finish(task, () -> finished);
            case LineTask.Claimed(),LineTask.NeedsPermit() -> read(task);
        }
    }

    private void count(String batch, LineTask.Finished finished) {
        if (finished.recorded().isPresent()) {
            counts.add(batch, finished.recorded().get());
        } else if (finished.disposition() instanceof MessageDisposition.Delete) {
            counts.addDoneBefore(batch);
        }
    }
}
