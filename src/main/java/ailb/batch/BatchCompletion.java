package ailb.batch;

import java.time.Duration;

/** Ends batches whose lines all have outcomes. The outcomes themselves decide, not the counts. */
public final class BatchCompletion {

    /** The counts may be too low after a worker died. They are not checked while they still move. */
    private static final long QUIET = Duration.ofMinutes(1).toNanos();

    private final BatchStore store;

    public BatchCompletion(BatchStore store) {
        this.store = store;
    }

    /** Ends the batch if its counts and its outcomes say that it is complete. */
    public void afterCounting(Batch batch, long now) {
        if (!batch.status().isOver() && batch.counts().sum() >= batch.total()) {
            endIfComplete(batch, now);
        }
    }

    /**
     * The same for a batch whose counts have not moved for a minute, as some may be missing. A batch that is not
     * complete is not checked again for another minute, however often it is asked for: the check reads all outcomes.
     * Lines are worked on roughly in order, so a missing last outcome saves most checks.
     *
     * @return whether it has been found complete
     */
    public boolean whenQuiet(Batch batch, long now) {
        long moved = Math.max(batch.changed(), batch.begun());
        if (batch.status().isOver() || batch.status() == BatchStatus.VALIDATING || now - moved <= QUIET) {
            return false;
        }
        // First of all, so that not everybody who asks reads the outcomes while reading them fails.
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
