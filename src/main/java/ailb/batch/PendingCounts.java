package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Counts of the outcomes that a worker has recorded. Every few seconds they are added to their batches. */
final class PendingCounts {

    private static final long LONGEST_WAIT = Duration.ofSeconds(2).toNanos();

    private final BatchStore store;
    private final TimeSource time;
    private final BatchCompletion completion;
    private final Map<String, Counts> counts = new HashMap<>();
    private final Set<String> doneBefore = new HashSet<>();
    private long since;

    PendingCounts(BatchStore store, TimeSource time) {
        this.store = store;
        this.time = time;
        this.completion = new BatchCompletion(store);
    }

    void add(String batch, Outcome outcome) {
        if (counts.isEmpty()) {
            since = time.monotonic();
        }
        counts.merge(batch, Counts.of(outcome), Counts::plus);
    }

    /** Notes a line that had its outcome already: its worker may have died before counting it. */
    void addDoneBefore(String batch) {
        doneBefore.add(batch);
    }

    /** Nanoseconds until the counts are due; very long if there are none. */
    long untilDue() {
        return counts.isEmpty() ? Long.MAX_VALUE : Math.max(0, since + LONGEST_WAIT - time.monotonic());
    }

    void flush() {
        counts.forEach(this::count);
        counts.clear();
    }

    /** If the store does not answer, the outcomes are counted later, when the batch's counts have stopped moving. */
    private void count(String id, Counts more) {
        try {
            long now = time.now();
            store.count(id, more, now).ifPresent(batch -> completion.afterCounting(batch, now));
        } catch (BatchStoreException e) {
            doneBefore.add(id);
        }
    }

    /** Adds what is left, and ends batches that are complete without anybody having noticed. */
    void close() {
        flush();
        for (String id : doneBefore) {
            try {
                Optional<Batch> batch = store.find(id, time.now());
                batch.ifPresent(quiet -> completion.whenQuiet(quiet, time.now()));
            } catch (BatchStoreException e) {
                // Whoever looks at the batch next does it.
            }
        }
    }
}
