package ailb.batch;

import ailb.dispatch.BatchCall;
import ailb.dispatch.BatchCalls;
import ailb.port.Deadline;
import ailb.port.FatalError;
import ailb.port.Tasks;
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
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * The work of one invocation on the messages it was handed. One thread decides: it leases permits for the lines that
 * wait, starts the calls that got one, and hears of their ends. All else is done on threads of its own.
 */
final class Shift {

    private static final System.Logger LOG = System.getLogger(Shift.class.getName());

    /** Longer than this no worker waits for room: others can use the time, and the messages come back. */
    private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

    private static final long PAUSE_AFTER_TROUBLE = Duration.ofSeconds(10).toNanos();
    private static final long PAUSE_AFTER_BUG = Duration.ofMinutes(1).toNanos();

    private final BatchProcessor.Parts parts;
    private final Deadline deadline;
    private final BatchCalls calls;
    private final KnownBatches batches;
    private final Tally tally;
    private final Handback handback;
    private final Tasks.Group<Ended> tasks;
    private final LineRun.Worker worker;
    private final String token;
    private final Map<BatchCall, LineRun> waiting = new LinkedHashMap<>();
    private final Deque<LineRun> suspects = new ArrayDeque<>();
    private final Set<String> kept = new HashSet<>();

    /** Claims under way. No permits are leased meanwhile: one write leases those of many lines. */
    private int taking;

    Shift(BatchProcessor.Parts parts, Deadline deadline, String token) {
        this.parts = parts;
        this.deadline = deadline;
        this.token = token;
        this.calls = parts.dispatcher().batch(deadline, parts.replies());
        this.batches = new KnownBatches(parts.store(), parts.time());
        this.tally = new Tally(parts.store(), parts.time());
        this.handback = new Handback(parts.queue(), parts.time());
        this.tasks = parts.tasks().group();
        this.worker = new LineRun.Worker(
                parts.store(),
                parts.queue(),
                parts.time(),
                deadline,
                parts.pool().settings().batches().maxAttempts());
    }

    /** What has become of a message in a task. */
    private sealed interface Ended {}

    /** Its line is claimed, or another one's. */
    private record Taken(LineRun run, LineRun.Turn turn) implements Ended {}

    /** Its line needs another permit. */
    private record Waits(BatchCall call, LineRun run) implements Ended {}

    /** @param needed whether the message comes again; otherwise it may be deleted */
    private record Left(QueueMessage message, boolean needed, Optional<BatchMessage.Line> line, LineRun.Over over)
            implements
                Ended {}

    /** The ids of the messages that are still needed. */
    Set<String> run(List<QueueMessage> messages) throws InterruptedException {
        long half = deadline.remaining(parts.time()) / 2;
        for (int i = 0; i < messages.size(); i++) {
            begin(messages.get(i), token + "-" + i);
        }
        while (!waiting.isEmpty() || tasks.pending() > 0 || !suspects.isEmpty()) {
            if (waiting.isEmpty() && tasks.pending() == 0) {
                takeSuspect();
            }
            cancel();
            // Suspects are taken when all others are done, which on a full pool would be never.
            if (!suspects.isEmpty() && deadline.remaining(parts.time()) < half) {
                handBackWaiting(0);
            }
            long pause = taking > 0 ? Long.MAX_VALUE : lease();
            if (taking == 0 && !waiting.isEmpty() && (pause > PATIENCE || pause > deadline.remaining(parts.time()))) {
                handBack(pause);
            }
            await(waiting.isEmpty() ? Long.MAX_VALUE : pause);
            if (calls.untilReport() == 0) {
                calls.report();
            }
            if (tally.untilDue() == 0) {
                tally.flush();
            }
        }
        calls.report();
        tally.close();
        return Set.copyOf(kept);
    }

    /** All else is done by now, and on record before this one may end it all. */
    private void takeSuspect() {
        calls.report();
        tally.flush();
        LineRun run = suspects.removeFirst();
        run.setAlone();
        take(run);
    }

    private void begin(QueueMessage message, String runToken) {
        try {
            begin(BatchMessage.read(message), runToken);
        } catch (RuntimeException | Error e) {
            // It is claimed by nobody: the queue hides it for long, and counts how often it was handed out in vain.
            logBug(e);
            kept.add(message.id());
        }
    }

    private void begin(BatchMessage message, String runToken) {
        switch (message) {
            case BatchMessage.Alien(QueueMessage alien, String problem) -> start(alien, () -> setAside(alien, problem));
            case BatchMessage.Expand(QueueMessage expand, String id) -> start(expand, () -> expanded(id));
            case BatchMessage.Line line -> begin(line, runToken);
        }
    }

    private void begin(BatchMessage.Line line, String runToken) {
        Optional<Batch> batch = Optional.empty();
        if (!line.adopted()) {
            try {
                batch = batches.find(line.key().batch());
            } catch (BatchStoreException e) {
                start(line.message(), () -> LineRun.Over.returned(PAUSE_AFTER_TROUBLE));
                return;
            }
            if (batch.isEmpty()) {
                start(line.message(), LineRun.Over::deleted); // it has expired
                return;
            }
        }
        long expires = batch.map(Batch::expires)
                .orElseGet(() -> parts.time().now() + parts.resultsKept().toNanos());
        take(new LineRun(worker, line, runToken, expires));
    }

    private void take(LineRun run) {
        taking++;
        tasks.start(() -> new Taken(run, turned(run::take)));
    }

    /** Reads a line that is claimed. */
    private void read(LineRun run) {
        try {
            switch (run.line().readRequest()) {
                case Parsed.Valid(ModelRequest request) -> waiting.put(calls.call(request), run);
                case Parsed.Invalid(var error) -> start(run, () -> run.refuse(error));
            }
        } catch (RuntimeException | Error e) {
            start(run, () -> failed(e));
        }
    }

    private LineRun.Over setAside(QueueMessage alien, String problem) {
        parts.queue().deadLetter(alien, "not a message of a batch: " + problem);
        return LineRun.Over.deleted();
    }

    private LineRun.Over expanded(String id) {
        boolean done = new Expansion(parts.store(), parts.queue(), parts.time()).run(id, deadline);
        return done ? LineRun.Over.deleted() : LineRun.Over.returned(0);
    }

    /** Lines of a cancelled batch that are not begun will not be. */
    private void cancel() {
        for (Map.Entry<BatchCall, LineRun> entry : List.copyOf(waiting.entrySet())) {
            LineRun run = entry.getValue();
            if (!run.isCalled() && !run.line().adopted() && isCancelled(run.line().key().batch())) {
                waiting.remove(entry.getKey());
                start(run, run::cancel);
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

    /** Starts what there is room for, and tells how long until there is room for more. */
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

    /** One of them cannot be planned, for a bug: each alone tells which. */
    private long leaseEach(List<BatchCall> all) {
        long pause = Long.MAX_VALUE;
        for (BatchCall call : all) {
            BatchCalls.Leases leases;
            try {
                leases = calls.lease(List.of(call));
            } catch (RuntimeException | Error e) {
                LineRun run = Objects.requireNonNull(waiting.remove(call));
                start(run, () -> failed(e));
                continue;
            }
            pause = Math.min(pause, start(leases));
        }
        return pause;
    }

    private long start(BatchCalls.Leases leases) {
        for (BatchCall call : leases.ready()) {
            LineRun run = Objects.requireNonNull(waiting.remove(call));
            tasks.start(() -> turn(call, run));
        }
        leases.declined().forEach((call, result) -> {
            LineRun run = Objects.requireNonNull(waiting.remove(call));
            start(run, () -> run.end(result, call.failures()));
        });
        return leases.pause();
    }

    private Ended turn(BatchCall call, LineRun run) throws InterruptedException {
        LineRun.Turn turn;
        try {
            turn = turned(() -> run.call(call));
        } finally {
            call.releaseReply();
        }
        return turn instanceof LineRun.Over over
                ? left(run.line().message(), Optional.of(run.line()), over)
                : new Waits(call, run);
    }

    private void handBack(long pause) {
        // Where it is only the time that has run out, others may start at once.
        long nanos = pause == BatchCalls.OUT_OF_TIME ? 0 : pause;
        suspects.forEach(run -> start(run, () -> LineRun.Over.returned(nanos))); // nobody holds them
        suspects.clear();
        handBackWaiting(nanos);
    }

    /** Hands back the lines that wait for room. */
    private void handBackWaiting(long nanos) {
        waiting.forEach((call, run) -> start(run, () -> run.handBack(nanos, call.failures())));
        waiting.clear();
    }

    private static LineRun.Turn turned(Callable<LineRun.Turn> work) throws InterruptedException {
        return guarded(work, over -> over);
    }

    private void start(LineRun run, Callable<LineRun.Over> work) {
        tasks.start(() -> left(run.line().message(), Optional.of(run.line()), guarded(work, Function.identity())));
    }

    private void start(QueueMessage message, Callable<LineRun.Over> work) {
        tasks.start(() -> left(message, Optional.empty(), guarded(work, Function.identity())));
    }

    /** @param failure what to make of how a line is left that met a fault */
    private static <T> T guarded(Callable<T> work, Function<LineRun.Over, T> failure) throws InterruptedException {
        try {
            return work.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | Error e) {
            return failure.apply(failed(e));
        }
    }

    /** After a bug the line is not done; the claim ends by itself, and after a few of these it is given up. */
    private static LineRun.Over failed(Throwable e) {
        if (e instanceof BatchStoreException || e instanceof BatchQueueException) {
            return LineRun.Over.returned(PAUSE_AFTER_TROUBLE);
        }
        logBug(e);
        return LineRun.Over.returned(PAUSE_AFTER_BUG);
    }

    private static void logBug(Throwable e) {
        FatalError.rethrow(e);
        LOG.log(System.Logger.Level.ERROR, "a bug of the balancer", e);
    }

    private Left left(QueueMessage message, Optional<BatchMessage.Line> line, LineRun.Over over) {
        boolean needed =
                switch (over.disposal()) {
                    case Disposal.Delete() -> false;
                    case Disposal.Return(long nanos) -> handback.returnToQueue(message, nanos);
                };
        return new Left(message, needed, line, over);
    }

    /** Waits for the first of: the end of a task, the next try, a report that is due, a look at the batches. */
    private void await(long pause) throws InterruptedException {
        long wait = Math.min(
                Math.min(pause, KnownBatches.age()), Math.min(calls.untilReport(), tally.untilDue()));
        Optional<Ended> ended = tasks.pending() > 0 ? tasks.next(wait) : slept(wait);
        while (ended.isPresent()) {
            hear(ended.get());
            ended = tasks.next(0);
        }
    }

    private Optional<Ended> slept(long nanos) throws InterruptedException {
        if (!waiting.isEmpty()) {
            parts.time().sleep(nanos);
        }
        return Optional.empty();
    }

    private void hear(Ended ended) {
        switch (ended) {
            case Taken(LineRun run, LineRun.Turn turn) -> {
                taking--;
                taken(run, turn);
            }
            case Waits(BatchCall call, LineRun run) -> waiting.put(call, run);
            case Left(QueueMessage message, boolean needed, Optional<BatchMessage.Line> line, LineRun.Over over) -> {
                if (needed) {
                    kept.add(message.id());
                }
                line.ifPresent(of -> count(of.key().batch(), over));
            }
        }
    }

    private void taken(LineRun run, LineRun.Turn turn) {
        switch (turn) {
            case LineRun.Suspect() -> suspects.add(run);
            case LineRun.Over over -> start(run, () -> over);
            case LineRun.Taken(),LineRun.Again() -> read(run);
        }
    }

    private void count(String batch, LineRun.Over over) {
        if (over.recorded().isPresent()) {
            tally.add(batch, over.recorded().get());
        } else if (over.disposal() instanceof Disposal.Delete) {
            tally.metDone(batch);
        }
    }
}
