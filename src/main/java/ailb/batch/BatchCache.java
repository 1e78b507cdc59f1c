package ailb.batch;

import ailb.port.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The batches that the lines in hand belong to, looked up now and then: whether they are there, and not cancelled. */
final class BatchCache {

    /** A cancellation is to be noticed within 5 s. */
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

    /** As it was at most 4 s ago; empty where there is none, or none any more. */
    Optional<Batch> find(String id) {
        long now = time.now();
        Known last = known.get(id);
        if (last == null || isOld(last.at())) {
            last = new Known(lookUp(id, now), now);
            known.put(id, last);
        }
        return last.batch();
    }

    /** Not to answer may take a store long: after that it is not asked for any of them for a while. */
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

    /** Nanoseconds until those that were looked up are to be looked up again. */
    static long age() {
        return OLD;
    }
}
