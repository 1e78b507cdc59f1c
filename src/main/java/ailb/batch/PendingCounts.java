package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The outcomes that a worker has recorded, added to the counts of their batches now and then. */
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

    /** A line came that had its outcome: whoever recorded it may have died before counting it. */
    void addDoneBefore(String batch) {
        doneBefore.add(batch);
    }

    /** Nanoseconds until the counts are due; very long where there are none. */
    long untilDue() {
        return counts.isEmpty() ? Long.MAX_VALUE : Math.max(0, since + LONGEST_WAIT - time.monotonic());
    }

    void flush() {
        counts.forEach(this::count);
        counts.clear();
    }

    /** What a store that does not answer leaves uncounted is counted when the batch is found to be quiet. */
    private void count(String id, Counts more) {
        try {
            long now = time.now();
            store.count(id, more, now).ifPresent(batch -> completion.afterCounting(batch, now));
        } catch (BatchStoreException e) {
            doneBefore.add(id);
        }
    }

    /** Counts what is left, and looks after batches that may be complete without anybody having noticed. */
    void close() {
        flush();
        for (String id : doneBefore) {
            try {
                Optional<Batch> batch = store.find(id, time.now());
                batch.ifPresent(quiet -> completion.whenQuiet(quiet, time.now()));
            } catch (BatchStoreException e) {
                // The next one who looks at the batch does it.
            }
        }
    }
}
