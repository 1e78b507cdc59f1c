package ailb.batch;

import ailb.pool.Pool;
import ailb.port.TimeSource;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What callers do with batches: submit, look at, list, cancel, and read results. For a caller that may not see a batch
 * there is none. Throws {@link BatchStoreException} and {@link BatchQueueException} when store or queue do not answer.
 * Safe for use by many threads.
 */
public final class Batches {

    private static final HexFormat HEX = HexFormat.of();
    private static final int TIME_DIGITS = 12;

    private final BatchStore store;
    private final BatchQueue queue;
    private final Pool pool;
    private final TimeSource time;
    private final RandomGenerator ids;
    private final Duration kept;
    private final BatchCompletion finishing;

    /**
     * @param ids the random numbers of ids, which nobody may be able to predict; used by many threads at once
     * @param kept how long a batch and its results are kept after its submission
     */
    public Batches(
            BatchStore store,
            BatchQueue queue,
            Pool pool,
            TimeSource time,
            RandomGenerator ids,
            Duration kept) {
        this.store = store;
        this.queue = queue;
        this.pool = pool;
        this.time = time;
        this.ids = ids;
        this.kept = kept;
        this.finishing = new BatchCompletion(store);
    }

    /** Reads and checks a whole submission. Stores and queues nothing. */
    public Submission read(byte[] body) {
        return Submission.read(body, model -> !pool.serving(model).isEmpty());
    }

    /**
     * Stores a batch and puts it on the queue. If this throws, none of its lines will be called. The exception: the
     * queue took the message without an answer, and then the store did not answer.
     */
    public Batch submit(Caller caller, Submission.Accepted submission) {
        long now = time.now();
        Batch batch = Batch.submitted(
                newId(now), caller.owner(), submission.lines(), submission.input().length, now, now + kept.toNanos());
        // In this order: a message finds its input. An input without its message does nothing, and expires.
        store.create(batch, submission.input());
        try {
            queue.send(List.of("{\"expand\":\"" + batch.id() + "\"}"), Duration.ZERO);
        } catch (BatchQueueException e) {
            recall(batch, e);
            throw e;
        }
        return batch;
    }

    /** The message may be on the queue all the same. The caller, who hears of a failure, will submit again. */
    private void recall(Batch batch, BatchQueueException cause) {
        try {
            store.end(batch.id(), BatchStatus.CANCELLED, new Counts(0, 0, batch.total()), time.now());
        } catch (BatchStoreException e) {
            cause.addSuppressed(e);
        }
    }

    /** An id that sorts by age and ends in 128 random bits. */
    private String newId(long now) {
        return "batch_" + HEX.toHexDigits(now / 1_000_000, TIME_DIGITS)
                + HEX.toHexDigits(ids.nextLong()) + HEX.toHexDigits(ids.nextLong());
    }

    /** The batch as it is now. Ends it first, if it is complete and its workers could not do that. */
    public Optional<Batch> find(Caller caller, String id) {
        long now = time.now();
        Optional<Batch> found = visible(caller, id, now);
        try {
            boolean ended = found.isPresent() && finishing.whenQuiet(found.get(), now);
            return ended ? store.find(id, now) : found;
        } catch (BatchStoreException e) {
            return found; // whoever looks at it next ends it
        }
    }

    private Optional<Batch> visible(Caller caller, String id, long now) {
        return store.find(id, now).filter(caller::sees);
    }

    /** Submitted batches, newest first: a client's own, or all of them for the admin. */
    public BatchList list(Caller caller, Optional<String> after, int limit) {
        long now = time.now();
        List<Batch> batches = list(caller, after, limit, now);
        boolean more = batches.size() == limit
                && !list(caller, Optional.of(batches.getLast().id()), 1, now).isEmpty();
        return new BatchList(batches, more);
    }

    private List<Batch> list(Caller caller, Optional<String> after, int limit, long now) {
        return switch (caller) {
            case Caller.Client(String name) -> store.listOf(name, after, limit, now);
            case Caller.Admin _ -> store.list(after, limit, now);
        };
    }

    /** Cancels a batch, unless it is over, and returns it; empty if there is none. */
    public Optional<Batch> cancel(Caller caller, String id) {
        long now = time.now();
        return visible(caller, id, now).flatMap(_ -> store.cancel(id, now));
    }

    /**
     * The outcomes so far. While the batch is not over some are missing, and come later.
     *
     * @param after only lines after this one, from 0; -1 for all
     * @param limit 1 to 1,000
     * @param maxBytes about the most bytes wanted; one outcome always comes, whatever its size
     * @return empty where there is no such batch
     */
    public Optional<ResultsPage> results(Caller caller, String id, int after, int limit, long maxBytes) {
        return visible(caller, id, time.now()).map(batch -> {
            List<LineResult> results = after + 1 < batch.total()
                    ? store.results(batch, after + 1, limit, maxBytes)
                    : List.of();
            int last = results.isEmpty() ? after : results.getLast().line();
            boolean left = !results.isEmpty() && last < batch.total() - 1;
            return new ResultsPage(results, last, left || !batch.status().isOver());
        });
    }
}
