package ailb.batch;

import ailb.dispatch.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The batches that the lines in hand belong to, looked up now and then: whether they are there, and not cancelled. */
final class KnownBatches {

    /** A cancellation is to be noticed within 5 s. */
    private static final long OLD = Duration.ofSeconds(4).toNanos();

    private final BatchStore store;
    private final TimeSource time;
    private final Map<String, Known> known = new HashMap<>();

    KnownBatches(BatchStore store, TimeSource time) {
        this.store = store;
        this.time = time;
    }

    private record Known(Optional<Batch> batch, long at) {}

    /** As it was at most 4 s ago; empty where there is none, or none any more. */
    Optional<Batch> find(String id) {
        long now = time.now();
        Known last = known.get(id);
        if (last == null || Math.abs(now - last.at()) >= OLD) {
            last = new Known(store.find(id, now), now);
            known.put(id, last);
        }
        return last.batch();
    }

    /** Nanoseconds until those that were looked up are to be looked up again. */
    static long age() {
        return OLD;
    }
}
