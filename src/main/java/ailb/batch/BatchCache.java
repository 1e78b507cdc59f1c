package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The batches of this worker's lines, looked up every few seconds: whether they are there, and not cancelled. */
final class BatchCache {

    /** A cancellation must be noticed within 5 s. */
    private static final long OLD = Duration.ofSeconds(4).toNanos();

    private final BatchStore store;
    private final TimeSource time;
    private final Map<String, Known> known = new HashMap<>();
    private @Nullable Failure failure;

    BatchCache(BatchStore store, TimeSource time) {
        this.store = store;
        this.time = time;
    }

    private record Known(Optional<Batch> batch, long at) {}

    private record Failure(BatchStoreException cause, long at) {}

    /** The batch as it was at most 4 s ago; empty if there is none, or it has expired. */
    Optional<Batch> find(String id) {
        long now = time.now();
        Known last = known.get(id);
        if (last == null || isOld(last.at())) {
            last = new Known(lookUp(id, now), now);
            known.put(id, last);
        }
        return last.batch();
    }

    /** A store that does not answer makes its caller wait. After a failure it is not asked again for a while. */
    private Optional<Batch> lookUp(String id, long now) {
        Failure recent = failure;
        if (recent != null && !isOld(recent.at())) {
            throw recent.cause();
        }
        try {
            return store.find(id, now);
        } catch (BatchStoreException e) {
            failure = new Failure(e, time.now());
            throw e;
        }
    }

    private boolean isOld(long moment) {
        return time.age(moment) >= OLD;
    }

    /** Nanoseconds after which a batch is looked up again. */
    static long age() {
        return OLD;
    }
}
