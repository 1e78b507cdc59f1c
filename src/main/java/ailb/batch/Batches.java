package ailb.batch;

import ailb.dispatch.TimeSource;
import ailb.pool.Pool;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What callers do with batches: submit, look at, list, cancel, and read results. Throws {@link BatchStoreException} and
 * {@link BatchQueueException} where store or queue do not answer. Safe for use by many threads.
 */
public final class Batches {

    private static final HexFormat HEX = HexFormat.of();
    private static final int ID_DIGITS = 12;

    private final BatchStore store;
    private final BatchQueue queue;
    private final Pool pool;
    private final TimeSource time;
    private final RandomGenerator random;
    private final Duration kept;
    private final Finishing finishing;

    /**
     * @param random used by many threads at once
     * @param kept how long a batch and its results are kept from its submission on
     */
    public Batches(
            BatchStore store,
            BatchQueue queue,
            Pool pool,
            TimeSource time,
            RandomGenerator random,
            Duration kept) {
        this.store = store;
        this.queue = queue;
        this.pool = pool;
        this.time = time;
        this.random = random;
        this.kept = kept;
        this.finishing = new Finishing(store);
    }

    /** Reads and checks a submission as a whole. Stores and queues nothing. */
    public Submission read(byte[] body) {
        return Submission.read(body, model -> !pool.serving(model).isEmpty());
    }

    /**
     * Stores a batch and puts it on the queue. Where this throws, none of its lines will be called, unless the queue took
     * the message without saying so and the store does not answer any more.
     */
    public Batch submit(Submission.Accepted submission) {
        long now = time.now();
        Batch batch = Batch.submitted(
                newId(now), submission.lines(), submission.input().length, now, now + kept.toNanos());
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

    /** The message may be on the queue all the same, and the caller, told that it failed, will submit again. */
    private void recall(Batch batch, BatchQueueException cause) {
        try {
            store.end(batch.id(), BatchStatus.CANCELLED, new Counts(0, 0, batch.total()), time.now());
        } catch (BatchStoreException e) {
            cause.addSuppressed(e);
        }
    }

    /** Sorts by age. */
    private String newId(long now) {
        return "batch_" + HEX.toHexDigits(now / 1_000_000, ID_DIGITS)
                + HEX.toHexDigits(random.nextLong(), ID_DIGITS);
    }

    /** The batch as it is now; ended, if it is complete and its workers did not get to say so. */
    public Optional<Batch> find(String id) {
        long now = time.now();
        Optional<Batch> found = store.find(id, now);
        try {
            boolean ended = found.isPresent() && finishing.whenQuiet(found.get(), now);
            return ended ? store.find(id, now) : found;
        } catch (BatchStoreException e) {
            return found; // the next one who looks at it ends it
        }
    }

    /** Some of the batches that were submitted, newest first. */
    public BatchList list(Optional<String> after, int limit) {
        long now = time.now();
        List<Batch> batches = store.list(after, limit, now);
        boolean more = batches.size() == limit
                && !store.list(Optional.of(batches.getLast().id()), 1, now).isEmpty();
        return new BatchList(batches, more);
    }

    /** Cancels a batch that is not over, and returns it as it is then. Empty where there is none. */
    public Optional<Batch> cancel(String id) {
        return store.cancel(id, time.now());
    }

    /**
     * The outcomes there are. While the batch is not over they have gaps, and come in later.
     *
     * @param after only lines after this one, from 0; -1 for all
     * @param limit 1 to 1,000
     * @param maxBytes about how many bytes are wanted at most; one outcome comes whatever its size
     * @return empty where there is no such batch
     */
    public Optional<ResultsPage> results(String id, int after, int limit, long maxBytes) {
        return store.find(id, time.now()).map(batch -> {
            List<LineResult> results = after + 1 < batch.total()
                    ? store.results(batch, after + 1, limit, maxBytes)
                    : List.of();
            int last = results.isEmpty() ? after : results.getLast().line();
            boolean left = !results.isEmpty() && last < batch.total() - 1;
            return new ResultsPage(results, last, left || !batch.status().isOver());
        });
    }
}
