package ailb.batch;

import java.time.Duration;

/** Ends batches all of whose lines have their outcomes, going by the outcomes themselves. */
public final class BatchCompletion {

    /** The counts may be short where a worker died; they are not looked at again while they still move. */
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private final BatchStore store;

    public BatchCompletion(BatchStore store) {
        this.store = store;
    }

    /** Ends the batch if its counts say that it is complete, and its outcomes too. */
    public void afterCounting(Batch batch, long now) {
        if (!batch.status().isOver() && batch.counts().sum() >= batch.total()) {
            endIfComplete(batch, now);
        }
    }

    /**
     * The same for a batch whose counts have not moved for a minute: some may be missing. One that is not complete is not
     * looked at again for another minute, however many ask for it: its outcomes are read one by one. Mostly the last line
     * tells, as lines are worked on in about their order.
     *
     * @return whether it has been found complete
     */
    public boolean whenQuiet(Batch batch, long now) {
        long moved = Math.max(batch.changed(), batch.begun());
        if (batch.status().isOver() || batch.status() == BatchStatus.VALIDATING || now - moved <= QUIET) {
            return false;
        }
        // First of all, or all who ask would read the outcomes while reading them fails.
        store.count(batch.id(), Counts.NONE, now);
        boolean hasLast = !store.results(batch, batch.total() - 1, 1, 1).isEmpty();
        return hasLast && endIfComplete(batch, now);
    }

    private boolean endIfComplete(Batch batch, long now) {
        Counts exact = store.recount(batch);
        if (exact.sum() < batch.total()) {
            return false;
        }
        boolean cancelled = exact.cancelled() > 0 || batch.status() == BatchStatus.CANCELLING;
        store.end(batch.id(), cancelled ? BatchStatus.CANCELLED : BatchStatus.COMPLETED, exact, now);
        return true;
    }
}
